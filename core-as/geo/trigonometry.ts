// === Sine, cosine and arc sine ===
//
// Redis takes them from the C library, whose last bit is right but in rare cases,
// which differ from one processor to another. WebAssembly has none; here they are
// found with some twelve bits more than a double holds, and then rounded. So they
// are the C library's in nearly all cases, and the same on every host.
//
// An angle is a multiple of π/2, a multiple of 1/32, and a small rest z:
//
//     sin(x + z) = sin x · cos z + cos x · sin z
//
// sin x and cos x come from a table, in two doubles each; sin z and cos z are short
// series. Sums of two doubles are kept exact where it counts.
//
// Source: Dekker, "A floating-point technique for extending the available
// precision"; Gal and Bachelis, "An accurate elementary mathematical library".

const STEPS: f64 = 32;

/** Of each k/32: sine, the rest of it, cosine, the rest of it. */
const TABLE = memory.data<f64>([
  0.0, 0.0, 1.0, 0.0,
  0.03124491398532608, -1.562781562225433e-18, 0.9995117584851364, -3.418806487972947e-17,
  0.0624593178423802, -2.040259504585711e-18, 0.9980475107000991, 3.3232291674141346e-17,
  0.09361273123551289, 1.4628632005878733e-18, 0.9956086864580017, 3.312922430932991e-17,
  0.12467473338522769, -2.925947496057858e-18, 0.992197667229329, 4.754870575189364e-17,
  0.15561499277355603, 8.886053372342288e-18, 0.9878177838164719, 4.91917302237681e-17,
  0.18640329676226988, 2.3493796901281573e-18, 0.9824733131012553, -3.919920375420088e-17,
  0.21700958109501015, 1.1170071073364376e-17, 0.9761694738686353, -7.850690609285027e-18,
  0.24740395925452294, -7.53102495590706e-18, 0.9689124217106447, 5.071436662403936e-17,
  0.2775567516463363, 1.7674070262791822e-17, 0.9607092430155619, -2.807827063516729e-17,
  0.30743851458038085, 1.1004366442765296e-19, 0.9515679480481722, -3.8614834675674123e-17,
  0.33702006902225307, 1.0312279860787216e-17, 0.9414974631278811, -4.8523830236797095e-18,
  0.36627252908604757, -9.938814562106524e-18, 0.9305076219123143, 4.488760003328074e-18,
  0.39516733024093426, -1.9613487871414228e-17, 0.9186091557949183, -4.0564150104514996e-17,
  0.42367625720393803, -2.331800700068871e-17, 0.9058136834259364, 4.2864666490805214e-17,
  0.4517714714916838, -8.234073942098903e-18, 0.8921336993669944, 2.3160655211380166e-17,
  0.479425538604203, -5.103969860556013e-18, 0.8775825618903728, -4.2623149864279997e-17,
  0.5066114548142574, -3.269413423618168e-17, 0.8621744799348805, 4.4132427578105805e-18,
  0.5333026735360201, 5.129318115032044e-17, 0.8459244992310679, 1.549506647350329e-17,
  0.5594731312473669, 1.575565514488728e-17, 0.8288484876093257, 1.1163935406617444e-17,
  0.5850972729404622, -5.4883972461161805e-17, 0.8109631195052179, -3.091333486122179e-17,
  0.6101500770757914, -1.479826990758988e-17, 0.7922858596771786, -2.9049779312834576e-17,
  0.6346070800152693, -3.4568582392624965e-17, 0.7728349461524715, 4.231014921891023e-17,
  0.6584443999105676, -3.7736386700306717e-17, 0.7526293724180665, -1.2970993013150526e-17,
  0.6816387600233341, 4.410467313197903e-17, 0.7316888688738209, -1.0475824306512768e-17,
  0.7041675114545337, -3.94095700584825e-17, 0.7100338835660797, 1.505272211891291e-17,
  0.7260086552607126, -1.573621815339587e-17, 0.6876855622205048, 3.5430696752823923e-17], 8);
const ROW_BITS: usize = 5;

/** π/2 in three parts; products of the first two by a small integer are exact. */
const QUARTER_1: f64 = 1.5707963267341256;
const QUARTER_2: f64 = 6.077100506303966e-11;
const QUARTER_3: f64 = 2.0222662487959506e-21;
/** π/2 as a double, and the rest of it. */
const QUARTER: f64 = 1.5707963267948966;
const QUARTER_REST: f64 = 6.123233995736766e-17;

/** Cuts a double in two halves. */
const SPLITTER: f64 = 134217729;

// === Two doubles that stand for their sum ===

/** What a rounded sum or product lacks. */
let rest: f64 = 0;

/** a + b; `rest` is what it lacks. */
function addExactly(a: f64, b: f64): f64 {
  const sum = a + b;
  const part = sum - a;
  rest = (a - (sum - part)) + (b - part);
  return sum;
}

/** a × b; `rest` is what it lacks. */
function multiplyExactly(a: f64, b: f64): f64 {
  const product = a * b;
  let scaled = SPLITTER * a;
  const aHigh = scaled - (scaled - a);
  const aLow = a - aHigh;
  scaled = SPLITTER * b;
  const bHigh = scaled - (scaled - b);
  const bLow = b - bHigh;
  rest = ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow;
  return product;
}

// === Sine and cosine of an angle up to π/4 ===

/** The angle: z = small + smallRest is what lies above the row's. */
let row: usize = 0;
let small: f64 = 0;
let smallRest: f64 = 0;

/** Finds the row of angle + angleRest. Requires: 0 ≤ angle ≤ 0.8. */
function findRow(angle: f64, angleRest: f64): void {
  const index = nearest<f64>(angle * STEPS);
  row = TABLE + (<usize>index << ROW_BITS);
  small = angle - index / STEPS;
  smallRest = angleRest;
}

/** sin z − z */
function sineRest(): f64 {
  const square = small * small;
  const series = -1 / 6.0 + square * (1 / 120.0 + square * (-1 / 5040.0 + square * (1 / 362880.0)));
  return small * square * series + smallRest;
}

/** cos z − 1 */
function cosineRest(): f64 {
  const square = small * small;
  const series = -1 / 2.0 + square * (1 / 24.0 + square * (-1 / 720.0 + square * (1 / 40320.0)));
  return square * series - small * smallRest;
}

/** The last result is value + valueRest. */
let valueRest: f64 = 0;

function settle(high: f64, low: f64): f64 {
  const value = high + low;
  valueRest = low - (value - high);
  return value;
}

function rowSine(): f64 {
  const sine = load<f64>(row);
  const cosine = load<f64>(row, 16);
  const product = multiplyExactly(cosine, small);
  const productRest = rest;
  const high = addExactly(sine, product);
  const low = rest + productRest + load<f64>(row, 8) + load<f64>(row, 24) * small;
  return settle(high, low + (sine * cosineRest() + cosine * sineRest()));
}

function rowCosine(): f64 {
  const sine = load<f64>(row);
  const cosine = load<f64>(row, 16);
  const product = multiplyExactly(sine, small);
  const productRest = rest;
  const high = addExactly(cosine, -product);
  const low = rest - productRest + load<f64>(row, 24) - load<f64>(row, 8) * small;
  return settle(high, low + (cosine * cosineRest() - sine * sineRest()));
}

// === Any angle ===

/** Multiples of π/2 that the angle was reduced by. */
let quarters: i32 = 0;
let isNegative: bool = false;

/** Reduces an angle to a row and a quarter. Requires: |angle| ≤ 10^6. */
function reduce(angle: f64): void {
  const count = nearest<f64>(angle / QUARTER);
  quarters = <i32>count;
  let high = angle;
  let low: f64 = 0;
  if (count != 0) {
    high = addExactly(angle - count * QUARTER_1, -(count * QUARTER_2));
    low = rest - count * QUARTER_3;
  }
  isNegative = high < 0;
  if (isNegative) findRow(-high, -low);
  else findRow(high, low);
}

/** Sine of an angle in radians. Requires: |angle| ≤ 10^6. */
export function sine(angle: f64): f64 {
  reduce(angle);
  const value = quarters & 1 ? rowCosine() : rowSine();
  const isMinus = (quarters & 2) != 0;
  return isMinus != (isNegative && !(quarters & 1)) ? -value : value;
}

/** Cosine of an angle in radians. Requires: |angle| ≤ 10^6. */
export function cosine(angle: f64): f64 {
  reduce(angle);
  const value = quarters & 1 ? rowSine() : rowCosine();
  // cos(π/2 + x) = −sin x
  const isMinus = ((quarters + 1) & 2) != 0;
  return isMinus != (isNegative && (quarters & 1) != 0) ? -value : value;
}

// === Arc sine ===

/** Above it the arc sine comes from that of the half angle's. */
const STEEP: f64 = 0.625;

/** Arc sine of `value`, with more bits in `valueRest`. Requires: 0 ≤ value ≤ 0.75. */
function flatArcSine(value: f64): f64 {
  const guess = NativeMath.asin(value);
  findRow(guess, 0);
  const reached = rowSine();
  // One step of Newton's method; the guess is good to its last bits.
  const missing = (value - reached) - valueRest;
  return settle(guess, missing / Math.sqrt((1 - value) * (1 + value)));
}

/** Arc sine in radians; that of 1 when `value` is above. Requires: value ≥ 0. */
export function arcSine(value: f64): f64 {
  if (value >= 1) return QUARTER;
  if (value <= STEEP) return flatArcSine(value);
  // asin x = π/2 − 2 · asin √((1 − x) / 2)
  const square = (1 - value) / 2;
  const root = Math.sqrt(square);
  const product = multiplyExactly(root, root);
  const rootRest = ((square - product) - rest) / (2 * root);
  const half = flatArcSine(root);
  const halfRest = valueRest + rootRest / Math.sqrt(1 - square);
  const high = addExactly(QUARTER, -2 * half);
  return high + (rest + (QUARTER_REST - 2 * halfRest));
}
