"""The frames of the tool. Addresses carry single-use tokens; the tool gets neither a session nor a password of ours."""

FUNCTIONS = {
    "leader": "SignApproved", "seal": "SignIssued", "annex": "SignAppendix", "incoming": "SignIncome", "unit_incoming": "SignIncome",
    "scan": "SignCopy", "copy": "SignCopy",
}  # fmt: skip


def single(purpose, upload, source, *, number="", date="", metadata=None):
    """(function, frame) that signs one file.

    :param purpose: key of ``FUNCTIONS``
    :param upload: absolute address that takes the signed file, :param source: absolute address of the file to sign
    :param number: số văn bản, :param date: its date as dd/mm/yyyy
    """
    frame = _common(upload, metadata)
    frame.update(FileName=source, DocNumber=number or "", IssuedDate=date or "")
    return FUNCTIONS.get(purpose, "SignApproved"), frame


def several(upload, files, metadata=None):
    """(function, frame) that signs many files with one unlock; ``files`` are (id, name, address)."""
    frame = _common(upload, metadata)
    frame["Files"] = [{"FileID": str(ident), "FileName": name, "URL": address} for ident, name, address in files]
    return "SignFiles", frame


def _common(upload, metadata):
    return {
        "FileUploadHandler": upload,
        "SessionId": "",
        "JWTToken": "",
        "MetaData": [{"Key": key, "Value": value} for key, value in (metadata or {}).items()],
    }


def reply(done, message="", name="", *, numeric=False):
    """What the upload address answers to the tool; some builds expect 0 for success instead of true."""
    status = (0 if done else 1) if numeric else bool(done)
    return {"Status": status, "Message": message, "FileName": name, "FileServer": name}
