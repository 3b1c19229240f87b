#!/bin/bash
# Makes the fixtures of this directory again, as root on Debian 12; README.md says what each one is.
#   make.sh [app] …          (default: all)
set -euo pipefail
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d /tmp/fixtures.XXXXXX)
stop=()
trap finish EXIT

finish() {
  for pid in "${stop[@]}"; do kill "$pid" && wait "$pid" || true; done
  findmnt -rno TARGET | grep "^$work/" | sort -r | xargs -r umount || true
  rm -rf "$work"
}

BUILDAH=(buildah --root "$work/storage" --runroot "$work/run" --storage-driver overlay)

buildah_base() {
  [ -f "$work/base.tar" ] || "$here/base.sh" "$work/base.tar"
  "${BUILDAH[@]}" images -q localhost/debian-klibc:12 > /dev/null 2>&1 && return
  mkdir -p "$work/base" && cp "$work/base.tar" "$work/base/"
  printf 'FROM scratch\nADD base.tar /\nENV PATH=/bin\nCMD ["/bin/sh"]\n' > "$work/base/Dockerfile"
  "${BUILDAH[@]}" bud --isolation chroot --layers --timestamp 1767225600 -t localhost/debian-klibc:12 "$work/base"
}

# A build context whose unchanged files keep one modification time, as a restored checkout does.
context() { # CONTEXT DIR [PATCH]
  cp -r "$here/$1" "$2"
  find "$2" -exec touch -h -d '2026-02-03 04:05:06Z' {} +
  if [ "${3:-}" ]; then patch -s -E -p1 -d "$2" < "$here/$3"; fi
}

make_app() {
  buildah_base
  context app/context "$work/app-v1"
  context app/context "$work/app-v2" app/change.patch
  for v in v1 v2; do
    "${BUILDAH[@]}" bud --isolation chroot --layers -t "localhost/shop:$v" "$work/app-$v"
    push_app "$v" "app-$v"
    sleep 2 # or the layers of the next build could carry the same seconds
  done
  "${BUILDAH[@]}" bud --isolation chroot --layers --no-cache -t localhost/shop:again "$work/app-v1"
  push_app again app-v1-rebuilt
}

push_app() { # TAG DIR
  rm -rf "${here:?}/$2"
  "${BUILDAH[@]}" push --format oci "localhost/shop:$1" "oci:$here/$2:shop:${1/again/v1}"
}

for part in "${@:-app}"; do "make_$part"; done
