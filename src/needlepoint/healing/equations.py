"""The healing model, Needlepoint-17: seven states in each of two dermal layers, elastin, pigment, three exact decays.

Time in days, length in millimetres, one zone. `_p` is the papillary and `_r` the reticular dermis.

| symbol | name | unit | source |
|---|---|---|---|
| D | damage: clot and broken matrix, 1 where a tenth of the layer is injured | 1 | segal-2012 (skeleton) |
| N | acute infiltrate, the part of redness that comes from inflammation | 1 | segal-2012 (skeleton) |
| M | reparative macrophages; their signal TGF-beta follows at once | 1 | waugh-sherratt-2006 |
| G | growth signal, G = g_D D + M | 1 | waugh-sherratt-2006 |
| A | share of fibroblasts that are activated | 1 | adler-2020, koppenol-egberts |
| Phi | share of fibroblasts near enough to a channel to be activated | 1 | dose |
| R | collagen that was there before | of baseline | NP |
| n3, n1 | new collagen, type III and then type I | of baseline | NP |
| Ln, Lo | new elastin; old elastin | of baseline | el-domyati-2015 (sign) |
| P | pigment index | 1 | NP |
| H | open channels in the horny layer | 1 | gupta-2011, pore-half-life |
| E | injured epidermis | 1 | sasaki-2019, pore-half-life |
| F | flare: the redness of the first hours | 1 | hk-2018 |
| a, c | how much slower the matrix (a) and the epidermis (c) work with age | 1 | varani-2006, holt |

The parameters, with value, range, spread, unit, basis and sources, are data: `evidence/data/healing/parameters.toml`.
`EQUATIONS` is what a reader checks and what other programs are given; `slopes` is the same, compiled. A test holds
the two together.
"""

from __future__ import annotations

from math import exp

from needlepoint.healing.compiled import Floats, compiled

# Eight virtual patients go through the compiled code side by side, so that one instruction serves several of them.
# All that belongs to them lies in one array w, so that the compiler can tell its parts from one another: constants
# first, then Phi; a set of states begins where the solver says. A state of the lane l stands at w[x + state + l], a
# constant at w[constant + l]; the names below already count in lanes.
LANES = 8

# The twelve states that are never at rest come first, so that the rest can be skipped.
STATES = (
    "A_p", "n3_p", "n1_p", "A_r", "n3_r", "n1_r", "Ln", "M_p", "M_r", "R_p", "R_r", "P",
    "Lo", "D_p", "N_p", "D_r", "N_r",
)  # fmt: skip
DECAYS = ("H", "E", "F")
A_p, n3_p, n1_p, A_r, n3_r, n1_r, Ln, M_p, M_r, R_p, R_r, P, Lo, D_p, N_p, D_r, N_r = range(
    0, 17 * LANES, LANES
)
ALL, RESTLESS = 17 * LANES, 12 * LANES

# The constants of one virtual patient.
RATES = (
    "k_D", "k_DN", "k_N", "d_N", "k_NM", "k_M", "d_M", "g_D", "K_G", "k_A", "d_A", "s_C", "T_max", "k_m", "d_3", "d_1",
    "d_R", "m_N", "k_L", "d_L", "m_L", "k_P", "d_P", "k_H", "k_E", "k_V", "v_V", "h", "a", "c", "f_skin",
)  # fmt: skip
(
    k_D, k_DN, k_N, d_N, k_NM, k_M, d_M, g_D, K_G, k_A, d_A, s_C, T_max, k_m, d_3, d_1,
    d_R, m_N, k_L, d_L, m_L, k_P, d_P, k_H, k_E, k_V, v_V, h, a, c, f_skin, Phi_p, Phi_r,
) = range(0, 33 * LANES, LANES)  # fmt: skip
STATES_FROM = 33 * LANES

V_REF = 0.10  # the injured share of a layer that counts as a damage of 1; a choice of scale, not a finding


def _layer(l: str) -> dict[str, str]:  # noqa: E741 - the paper's own index
    growth = f"(g_D*D_{l} + M_{l})"
    matrix = f"(R_{l} + n3_{l} + n1_{l})"
    return {
        f"D_{l}": f"-(k_D + k_DN*N_{l})*D_{l}",
        f"N_{l}": f"k_N*D_{l} - (d_N + k_NM*M_{l})*N_{l}",
        f"M_{l}": f"k_M*N_{l} - d_M*M_{l}",
        f"A_{l}": f"k_A*{growth}/(K_G + {growth})*max(Phi_{l} - A_{l}, 0) - d_A*A_{l}",
        f"R_{l}": f"-(d_R + m_N*N_{l})*R_{l}",
        f"n3_{l}": f"s_C*a*A_{l}*(1 - {matrix}/T_max) - (k_m + d_3)*n3_{l}",
        f"n1_{l}": f"k_m*n3_{l} - d_1*n1_{l}",
    }


EQUATIONS = {
    **_layer("p"),
    **_layer("r"),
    "Ln": "k_L*a*A_p - d_L*Ln",
    "Lo": "-m_L*N_p*Lo",
    "P": "k_P*f_skin*N_p*(1 - P) - d_P*P",
    "H": "-k_H*H",
    "E": "-k_E*c*E",
    "F": "-k_V*F",
}

# What a session does, at once: V is the injured share of a layer (sc horny layer, e epidermis), Phi the share of
# fibroblasts in reach. A state that is not named stays as it was.
JUMPS = {
    "H": "H + V_sc",
    "E": "E + V_e*(1 - E)",
    "F": "F + v_V*(0.2*V_e + 0.6*V_p + 0.8*V_r)/V_ref",
    "D_p": "D_p + V_p/V_ref",
    "D_r": "D_r + V_r/V_ref",
    "Phi_p": "phi_p",
    "Phi_r": "phi_r",
}

AT_BASELINE = {"R_p": 1.0, "R_r": 1.0, "Lo": 1.0}


@compiled
def slopes(w: Floats, x: int, dx: int, busy: bool, lanes: int) -> None:
    """Write the slopes of the states at x to dx; unless `busy`, D and N are zero in all lanes and the restless move.

    `lanes` is eight, but not known before it runs: loops of eight would be written out instead of made vector code.
    """
    for l in range(lanes):  # noqa: E741
        A, A_, M, M_ = w[x + A_p + l], w[x + A_r + l], w[x + M_p + l], w[x + M_r + l]
        G, G_ = w[g_D + l] * w[x + D_p + l] + M, w[g_D + l] * w[x + D_r + l] + M_
        free, free_ = max(w[Phi_p + l] - A, 0.0), max(w[Phi_r + l] - A_, 0.0)
        w[dx + A_p + l] = w[k_A + l] * G / (w[K_G + l] + G) * free - w[d_A + l] * A
        w[dx + A_r + l] = w[k_A + l] * G_ / (w[K_G + l] + G_) * free_ - w[d_A + l] * A_
        s, matures, lost = w[s_C + l] * w[a + l], w[k_m + l], w[k_m + l] + w[d_3 + l]
        R, n3, n1 = w[x + R_p + l], w[x + n3_p + l], w[x + n1_p + l]
        R_, n3_, n1_ = w[x + R_r + l], w[x + n3_r + l], w[x + n1_r + l]
        room, room_ = 1.0 - (R + n3 + n1) / w[T_max + l], 1.0 - (R_ + n3_ + n1_) / w[T_max + l]
        w[dx + n3_p + l] = s * A * room - lost * n3
        w[dx + n3_r + l] = s * A_ * room_ - lost * n3_
        w[dx + n1_p + l] = matures * n3 - w[d_1 + l] * n1
        w[dx + n1_r + l] = matures * n3_ - w[d_1 + l] * n1_
        w[dx + Ln + l] = w[k_L + l] * w[a + l] * A - w[d_L + l] * w[x + Ln + l]
        N, N_, pigment = w[x + N_p + l], w[x + N_r + l], w[x + P + l]
        w[dx + M_p + l] = w[k_M + l] * N - w[d_M + l] * M
        w[dx + M_r + l] = w[k_M + l] * N_ - w[d_M + l] * M_
        w[dx + R_p + l] = -(w[d_R + l] + w[m_N + l] * N) * R
        w[dx + R_r + l] = -(w[d_R + l] + w[m_N + l] * N_) * R_
        w[dx + P + l] = w[k_P + l] * w[f_skin + l] * N * (1.0 - pigment) - w[d_P + l] * pigment
    if busy:
        _infiltrate(w, x, dx, lanes)


@compiled
def _infiltrate(w: Floats, x: int, dx: int, lanes: int) -> None:
    for l in range(lanes):  # noqa: E741
        D, D_, N, N_ = w[x + D_p + l], w[x + D_r + l], w[x + N_p + l], w[x + N_r + l]
        w[dx + Lo + l] = -w[m_L + l] * N * w[x + Lo + l]
        w[dx + D_p + l] = -(w[k_D + l] + w[k_DN + l] * N) * D
        w[dx + D_r + l] = -(w[k_D + l] + w[k_DN + l] * N_) * D_
        w[dx + N_p + l] = w[k_N + l] * D - (w[d_N + l] + w[k_NM + l] * w[x + M_p + l]) * N
        w[dx + N_r + l] = w[k_N + l] * D_ - (w[d_N + l] + w[k_NM + l] * w[x + M_r + l]) * N_


@compiled
def jump(w: Floats, x: int, y: Floats, V: Floats) -> None:
    """Apply a session to the states at x, the decays y = (H, E, F) and Phi; V = V_sc, V_e, V_p, V_r, phi_p, phi_r."""
    for l in range(LANES):  # noqa: E741
        V_sc, V_e, V_p, V_r = V[l], V[LANES + l], V[2 * LANES + l], V[3 * LANES + l]
        y[l] += V_sc
        y[LANES + l] += V_e * (1.0 - y[LANES + l])
        y[2 * LANES + l] += w[v_V + l] * (0.2 * V_e + 0.6 * V_p + 0.8 * V_r) / V_REF
        w[x + D_p + l] += V_p / V_REF
        w[x + D_r + l] += V_r / V_REF
        w[Phi_p + l], w[Phi_r + l] = V[4 * LANES + l], V[5 * LANES + l]


@compiled
def decayed(y: Floats, w: Floats, l: int, days: float) -> tuple[float, float, float]:  # noqa: E741
    """Return H, E and F of a lane so many days later; these three have an exact solution."""
    return (
        _fallen(y[l], w[k_H + l] * days),
        _fallen(y[LANES + l], w[k_E + l] * w[c + l] * days),
        _fallen(y[2 * LANES + l], w[k_V + l] * days),
    )


@compiled
def falling(begun: float, rate: float, start: float, days: Floats, found: Floats) -> None:
    """Write what is left at days of an exponential decay from `start`; days evenly apart share one exponential."""
    gap = shared = -1.0
    factor = left = 0.0
    for i in range(days.size):
        before, gap = gap, days[i] - days[i - 1] if i > 0 else -1.0
        if i > 1 and gap == before:
            if gap != shared:
                shared, factor = gap, exp(-rate * gap)
            left *= factor
        else:
            left = _fallen(begun, rate * (days[i] - start))
        found[i] = left if rate * (days[i] - start) < 40.0 else 0.0


@compiled
def _fallen(begun: float, spans: float) -> float:
    """Return what is left after so many time constants; after forty nothing is, to the last digit of anything added."""
    return begun * exp(-spans) if spans < 40.0 else 0.0


@compiled
def signal(flare: float, infiltrate_p: float, infiltrate_r: float) -> float:
    """Return the signal behind redness."""
    return max(flare + 0.6 * infiltrate_p + 0.4 * infiltrate_r, 0.0)


@compiled
def redness(e: float, steepness: float) -> float:
    """Return the redness score, 0 to 4; half of it at a signal of 1, by choice of scale."""
    if e < 1e-9:
        return 0.0
    grown = e**steepness
    return 4.0 * grown / (1.0 + grown)
