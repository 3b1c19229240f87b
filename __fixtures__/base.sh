#!/bin/bash
# Makes the base image's root filesystem: real Debian, two packages with dpkg's records of them,
# less the tools and documents that no fixture uses.
#   base.sh FILE.tar
set -euo pipefail
export SOURCE_DATE_EPOCH=1767225600 # 2026-01-01, so that every build gives the same bytes

out=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mmdebstrap --quiet --variant=custom --mode=chrootless --include=klibc-utils bookworm "$root"
cd "$root"
rm -rf etc/* var/cache var/lib/apt var/log usr/share/{lintian,initramfs-tools}
find usr/share/doc -type f ! -name copyright -delete
find usr/lib/klibc/bin -type f | grep -vxE '.*/(cat|ln|ls|mkdir|mv|nuke|sh|sleep|true)' | xargs rm

cp /usr/lib/os-release usr/lib/
ln -s ../usr/lib/os-release etc/os-release
ln -s usr/lib/klibc/bin bin
mkdir proc run sys
mkdir -m 2775 srv && chown 0:33 srv
chmod 4755 bin/true
setcap cap_net_raw=ep bin/sleep

# Without padding to whole records: Buildah 1.28 drops it from zstd:chunked layers (see padded/ in README.md).
tar --record-size=512 --format=pax --pax-option='delete=atime,delete=ctime' --xattrs --sort=name --numeric-owner \
  --clamp-mtime --mtime="@$SOURCE_DATE_EPOCH" -cf "$out" .
