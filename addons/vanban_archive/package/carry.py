"""Carry a package as one ZIP file: stored without compression, opened without trust."""

import os
import shutil
import stat
import zipfile
from pathlib import Path

from .findings import PackageError
from .names import safe_href

MAX_FILES = 200_000
MAX_BYTES = 64 * 2**30
CHUNK = 1024 * 1024
# a fixed time keeps the ZIP of the same package the same
EPOCH = (1980, 1, 1, 0, 0, 0)


def zip_package(folder, target):
    """Write ``target`` (ZIP, uncompressed, 64-bit) with the package folder as its only top folder; returns its size."""
    folder, target = Path(folder), Path(target)
    partial = target.with_name(target.name + ".partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_symlink() or not (path.is_file() or path.is_dir()):
                    raise PackageError(f"“{path.name}” không phải là tệp thường, không đóng gói.")
                if path.is_dir():
                    continue
                info = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", EPOCH)
                info.external_attr = (stat.S_IFREG | 0o644) << 16
                info.file_size = path.stat().st_size
                with path.open("rb") as source, archive.open(info, "w") as out:
                    shutil.copyfileobj(source, out, CHUNK)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def unpack_package(archive_path, parent, max_bytes=MAX_BYTES, max_files=MAX_FILES):
    """Unpack a ZIP from outside below ``parent``; returns the package folder. Raises :class:`PackageError`.

    Refuses absolute and climbing names, links, repeated names, more than one top folder, and stops at ``max_bytes`` of
    real output whatever the headers claim. What was unpacked before a refusal is removed.
    """
    target = None
    try:
        with zipfile.ZipFile(archive_path) as archive:
            members = _members(archive, max_files)
            target = Path(parent) / next(iter(members)).split("/", 1)[0]
            if target.exists():
                raise PackageError(f"Thư mục {target.name} đã có, không ghi đè.")
            target.mkdir()
            left = max_bytes
            for name, info in members.items():
                left -= _extract(archive, info, Path(parent) / name, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if target is not None and not (isinstance(error, PackageError) and "đã có" in str(error)):
            shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, PackageError):
            raise
        raise PackageError(f"Tệp ZIP không mở được: {error}") from None
    return target


def _members(archive, max_files):
    infos = archive.infolist()
    if len(infos) > max_files:
        raise PackageError(f"Tệp ZIP có {len(infos)} mục, nhiều hơn mức cho phép {max_files}.")
    members = {}
    for info in infos:
        name = info.filename.rstrip("/") if info.is_dir() else info.filename
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not safe_href(name) or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise PackageError(f"Tệp ZIP có tên hoặc loại mục không được phép: “{info.filename[:100]}”.")
        if info.is_dir():
            continue
        if name in members or "/" not in name:
            raise PackageError(f"Tệp ZIP có mục trùng tên hoặc nằm ngoài thư mục gói tin: “{name}”.")
        members[name] = info
    if len({name.split("/", 1)[0] for name in members}) != 1:
        raise PackageError("Tệp ZIP phải có đúng một thư mục gói tin.")
    return members


def _extract(archive, info, path, left):
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(info) as source, path.open("xb") as out:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > left:
                raise PackageError("Tệp ZIP bung ra lớn hơn mức cho phép.")
            out.write(chunk)
    return written
