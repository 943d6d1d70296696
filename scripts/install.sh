#!/bin/sh
# Fills a virtual environment from hash-pinned requirements and puts this checkout into it.
# usage: install.sh PYTHON VENV REQUIREMENTS
# uv does it in seconds: the one on PATH, else one brought by pip; plain pip is the fallback.
set -eu
python=$1 venv=$2 requirements=$3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; name it with PYTHON=/path/to/python3.11" >&2
    exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
    echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2
    exit 1
}
echo "installing $requirements into $venv ..." >&2
if command -v uv >/dev/null 2>&1; then
    uv=uv
elif "$venv/bin/python" -m pip install -q --disable-pip-version-check 'uv>=0.8,<1' >/dev/null 2>&1; then
    uv=$venv/bin/uv
else
    uv=
fi
if [ -n "$uv" ] && "$uv" pip install -q --python "$venv/bin/python" --require-hashes -r "$requirements"; then
    :
else
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$requirements"
fi
# The package itself: a pointer to this checkout, no build tools fetched.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd >"$site/rubric_interviewer.pth"
cat >"$venv/bin/interviewer" <<EOF
#!/bin/sh
exec "$(pwd)/$venv/bin/python" -m interviewer.cli "\$@"
EOF
chmod +x "$venv/bin/interviewer"
