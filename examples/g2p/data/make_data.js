// node make_data.js DICT FOLDER
//
// Reads CMUdict ("WORD(1)  P R1 O0 N ...", one pronunciation a line) and writes train.tsv, dev.tsv
// and test.tsv ("word<TAB>P R O N", one pronunciation a line) into FOLDER.
//
// 1. Stress goes (AH0 -> AH), and so does the number of an alternate: ABBE(1) is ABBE. A word
//    keeps all of its pronunciations, in the order of the dictionary, each once.
// 2. Kept are words of 2 to 20 characters that consist of letters and ', begin with a letter and
//    contain one of A E I O U Y. So BBC and MR stay out: no rule leads from them to their sound.
// 3. Words are lower-cased, so that a letter never looks like a phone.
// 4. The words are put in the order of a hash; the first 20,000 are for training, the next
//    2,000 for development, the next 2,000 for testing. Whoever adds a word moves no other,
//    save one at each border.
// 5. Each file is sorted by word.

"use strict";

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");

const EXPECTED_SHA256 = "2eca4a0a37b8dd89d322f116bb03d0378eb7999a5b9c16fb713d0d6fbf9e336b";
const SPLIT = [["train", 20000], ["dev", 2000], ["test", 2000]];

function isKept(word) {
    return /^[A-Z][A-Z']{1,19}$/.test(word) && /[AEIOUY]/.test(word);
}

/** Map of lower-case word -> array of pronunciations. */
function readDictionary(text) {
    const dictionary = new Map();
    for (const line of text.split("\n")) {
        const [entry, ...phones] = line.trim().split(/\s+/);
        const word = entry.replace(/\(\d+\)$/, "");
        if (!isKept(word)) {
            continue;
        }
        const pronunciations = dictionary.get(word.toLowerCase()) || [];
        const pronunciation = phones.join(" ").replace(/\d/g, "");
        if (!pronunciations.includes(pronunciation)) {
            pronunciations.push(pronunciation);
        }
        dictionary.set(word.toLowerCase(), pronunciations);
    }
    return dictionary;
}

/**
 * FNV-1a of 64 bits, then the finalizer of MurmurHash3: FNV alone hardly carries the last letters
 * of a word into the high bits, and by those the words are put in order.
 */
function hash(word) {
    const bits = (x) => BigInt.asUintN(64, x);
    let h = 0xcbf29ce484222325n;
    for (const byte of Buffer.from(word)) {
        h = bits((h ^ BigInt(byte)) * 0x100000001b3n);
    }
    h = bits((h ^ (h >> 33n)) * 0xff51afd7ed558ccdn);
    h = bits((h ^ (h >> 33n)) * 0xc4ceb9fe1a85ec53n);
    return h ^ (h >> 33n);
}

function inOrderOfHash(words) {
    return words
        .map((word) => ({ word, key: hash(word) }))
        .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
        .map(({ word }) => word);
}

function main(dict, folder) {
    const text = fs.readFileSync(dict);
    const sha256 = crypto.createHash("sha256").update(text).digest("hex");
    if (sha256 !== EXPECTED_SHA256) {
        throw new Error(`${dict}: SHA-256 is ${sha256}; expected ${EXPECTED_SHA256}`);
    }
    const dictionary = readDictionary(text.toString());
    const words = inOrderOfHash([...dictionary.keys()]);
    let taken = 0;
    for (const [name, count] of SPLIT) {
        const lines = [];
        for (const word of words.slice(taken, taken + count).sort()) {
            dictionary.get(word).forEach((phones) => lines.push(`${word}\t${phones}\n`));
        }
        fs.writeFileSync(path.join(folder, `${name}.tsv`), lines.join(""));
        console.log(`${name}.tsv: ${count} words, ${lines.length} pronunciations`);
        taken += count;
    }
}

main(process.argv[2], process.argv[3]);
