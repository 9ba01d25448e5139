"""The language of what the server itself says."""


def in_vietnamese(records):
    """``records`` in Vietnamese, where it is installed.

    For scheduled jobs: what they tell and write is read by clerks and leaders, and the server itself has no language.
    """
    installed = dict(records.env["res.lang"].get_installed())
    return records.with_context(lang="vi_VN") if "vi_VN" in installed else records
