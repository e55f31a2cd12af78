"""Files for other package managers, from the released files' names and checksums: Homebrew, Arch Linux.

They install the wheel with the locked versions of its libraries, whose checksums pip verifies. The address of
the release is that of the repository (the variable REPOSITORY, as `https://host/owner/name`).
"""

from __future__ import annotations

import os
from pathlib import Path

from releasing.sums import digest

REPOSITORY = "REPOSITORY"
SUMMARY = "USB sign-in token that types one-time passwords: its command"

FORMULA = """# Made by `make release` of ticktap {version}.
class Ticktap < Formula
  desc "{summary}"
  homepage "{home}"
  url "{base}/{wheel}", using: :nounzip
  version "{version}"
  sha256 "{wheel_sha256}"
  license "MIT"

  depends_on "python@3.13"

  resource "requirements" do
    url "{base}/{requirements}", using: :nounzip
    sha256 "{requirements_sha256}"
  end

  def install
    system formula_python, "-m", "venv", libexec
    pip = [libexec/"bin/python", "-m", "pip", "install", "--no-deps", "--only-binary", ":all:"]
    resource("requirements").stage do
      system(*pip, "--require-hashes", "-r", "{requirements}")
    end
    system(*pip, "{wheel}")
    bin.install_symlink libexec/"bin/ticktap"
    man1.install_symlink libexec/"share/man/man1/ticktap.1"
  end

  def formula_python
    Formula["python@3.13"].opt_bin/"python3.13"
  end

  test do
    assert_match version.to_s, shell_output("#{{bin}}/ticktap --version")
  end
end
"""

PKGBUILD = """# Made by `make release` of ticktap {version}.
pkgname=ticktap
pkgver={version}
pkgrel=1
pkgdesc="{summary}"
arch=('x86_64')
url="{home}"
license=('MIT')
depends=('python')
makedepends=('python-pip')
source=("{base}/{wheel}"
        "{base}/{requirements}")
noextract=("{wheel}")
sha256sums=('{wheel_sha256}'
            '{requirements_sha256}')

package() {{
  python -m venv "$pkgdir/opt/ticktap"
  local pip=("$pkgdir/opt/ticktap/bin/python" -m pip install --no-deps --only-binary :all:)
  "${{pip[@]}}" --require-hashes -r "{requirements}"
  "${{pip[@]}}" "{wheel}"
  find "$pkgdir/opt/ticktap" \\( -name '*.pyc' -o -name direct_url.json \\) -delete
  grep -rlIZ "$pkgdir" "$pkgdir/opt/ticktap" | xargs -0 sed -i "s|$pkgdir||g"
  install -d "$pkgdir/usr/bin"
  ln -s /opt/ticktap/bin/ticktap "$pkgdir/usr/bin/ticktap"
  local site=("$pkgdir"/opt/ticktap/lib/python*/site-packages)
  install -Dm644 "$site/ticktap/drive/60-ticktap.rules" "$pkgdir/usr/lib/udev/rules.d/60-ticktap.rules"
  install -Dm644 "$pkgdir/opt/ticktap/share/man/man1/ticktap.1" "$pkgdir/usr/share/man/man1/ticktap.1"
  install -Dm644 "$site/ticktap-{version}.dist-info/licenses/LICENSE" \\
    "$pkgdir/usr/share/licenses/ticktap/LICENSE"
}}
"""


def write(folder: Path, version: str, wheel: Path, requirements: Path) -> list[Path]:
    """Writes the files; none if the address of the release is not given."""
    home = os.environ.get(REPOSITORY, "").rstrip("/")
    if not home:
        return []
    fields = {
        "version": version,
        "summary": SUMMARY,
        "home": home,
        "base": f"{home}/releases/download/v{version}",
        "wheel": wheel.name,
        "wheel_sha256": digest(wheel),
        "requirements": requirements.name,
        "requirements_sha256": digest(requirements),
    }
    made = {folder / "ticktap.rb": FORMULA, folder / "PKGBUILD": PKGBUILD}
    for path, text in made.items():
        path.write_text(text.format(**fields))
    return list(made)
