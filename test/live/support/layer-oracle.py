"""Prints the inventory of a layer as Python's tarfile reads it: one JSON object a line, sorted by path.

    layer-oracle.py LAYER.tar
"""

import base64
import hashlib
import json
import sys
import tarfile
from decimal import Decimal

TYPES = {
    tarfile.DIRTYPE: "dir",
    tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "hardlink",
    tarfile.CHRTYPE: "char",
    tarfile.BLKTYPE: "block",
    tarfile.FIFOTYPE: "fifo",
}
XATTR = "SCHILY.xattr."


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def resolve(name: bytes) -> bytes:
    """The path below the root: no empty or `.` parts, `..` clamped."""
    parts: list[bytes] = []
    for part in name.split(b"/"):
        if part == b"..":
            del parts[-1:]
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts) or b"."


def put_text(line: dict, key: str, value: bytes) -> None:
    line[key] = value.decode("utf-8", "backslashreplace")
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        line[key + "Base64"] = base64.b64encode(value).decode()


def put_mtime(line: dict, member: tarfile.TarInfo) -> None:
    # tarfile keeps times as floats, which cannot hold nanoseconds.
    time = Decimal(member.pax_headers.get("mtime", int(member.mtime)))
    line["mtime"] = int(time // 1) if time >= 0 else -int(-time // 1) - (1 if time % 1 else 0)
    nanoseconds = int((time - line["mtime"]) * 1_000_000_000)
    if nanoseconds:
        line["mtimeNs"] = nanoseconds


def content_hash(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    digest = hashlib.sha256()
    content = tar.extractfile(member)
    while block := content.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def kind(path: bytes, member: tarfile.TarInfo) -> str:
    name = path.rpartition(b"/")[2]
    if name == b".wh..wh..opq":
        return "opaque"
    if name.startswith(b".wh."):
        return "whiteout"
    return TYPES.get(member.type, "file")


def describe(tar: tarfile.TarFile, member: tarfile.TarInfo) -> tuple[bytes, dict]:
    path = resolve(raw(member.name))
    line: dict = {}
    put_text(line, "path", path)
    line["type"] = kind(path, member)
    line["mode"] = f"{member.mode & 0o7777:04o}"
    line["uid"] = member.uid
    line["gid"] = member.gid
    line["size"] = member.size if line["type"] == "file" else 0
    put_mtime(line, member)
    if line["type"] == "file":
        line["sha256"] = content_hash(tar, member)
    elif line["type"] == "symlink":
        put_text(line, "linkTarget", raw(member.linkname))
    elif line["type"] == "hardlink":
        put_text(line, "linkTarget", resolve(raw(member.linkname)))
    elif line["type"] in ("char", "block"):
        line["device"] = {"major": member.devmajor, "minor": member.devminor}
    xattrs = {
        key[len(XATTR) :]: base64.b64encode(raw(value)).decode()
        for key, value in member.pax_headers.items()
        if key.startswith(XATTR)
    }
    if xattrs:
        line["xattrs"] = xattrs
    return path, line


def main() -> None:
    with tarfile.open(sys.argv[1], "r:", encoding="utf-8", errors="surrogateescape") as tar:
        lines = [describe(tar, member) for member in tar]
    for _, line in sorted(lines, key=lambda pair: pair[0]):
        print(json.dumps(line, sort_keys=True))


main()
