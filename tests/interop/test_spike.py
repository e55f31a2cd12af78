import pytest
from interop import openssh, libpam, radius, two_factor


@pytest.mark.parametrize("m", [libpam, openssh, radius, two_factor])
def test_x(desk, tmp_path, m):
    r = m.report(desk, tmp_path)
    for x in r.rows + r.traps:
        print(" | ".join(x.cells()))
