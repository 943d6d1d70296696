#!/bin/sh
# Gates what ships: the recorded prompts by replay, the embedded grader live. Exit codes as `interviewer eval gate`.
set -eu
bin=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
tape=evals/recordings/qwen2.5-coder-1.5b.jsonl.gz
gate() { # name, then how it is run
    name=$1
    shift
    "$bin/interviewer" eval run --out "$out/$name" "$@" >"$out/$name.txt" || { cat "$out/$name.txt"; exit 3; }
    "$bin/interviewer" eval gate "$out/$name" --baseline "$name"
}
gate embedded --data golden:dev
for prompt in token.v1 token.v2; do
    gate "qwen-$prompt" --grader llm --prompt $prompt --data golden:recorded --replay --recordings $tape
done
for prompt in rubric-short.v1 rubric-short.v2; do
    gate "qwen-$prompt" --grader llm --prompt $prompt --data golden:recorded-one --replay --recordings $tape
done
