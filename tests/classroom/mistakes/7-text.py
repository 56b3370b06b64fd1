"""What goes wrong in the seventh assignment, and what it costs."""

from classroom.assignment_tools import Mistake

MISTAKES = [
    Mistake(
        "nats for bits",
        "text-bits",
        """
def text_bits(table, before, symbols):
    return -np.log(table[np.append(before, symbols[:-1]), symbols]).sum()
""",
        {"test-text-bits": 2},
        "use natural logarithms",
    ),
    Mistake(
        "a product that rounds to 0",
        "text-bits",
        """
def text_bits(table, before, symbols):
    return -np.log2(np.prod(table[np.append(before, symbols[:-1]), symbols]))
""",
        {"test-text-bits": 1},
        "multiply until the product has rounded to 0",
    ),
    Mistake(
        "each pair counted once",
        "pair-table",
        """
def pair_table(symbols, K, a):
    counts = np.full((K, K), a)
    counts[symbols[:-1], symbols[1:]] += 1
    return counts / counts.sum(axis=1, keepdims=True)
""",
        {"test-pair-table": 3},
        "count each pair once, however often it came",
    ),
    Mistake(
        "the last letter counted, which nothing follows",
        "pair-table",
        """
def pair_table(symbols, K, a):
    counts = np.zeros((K, K))
    for j, k in zip(symbols, symbols[1:]):
        counts[j, k] += 1
    came = np.bincount(symbols, minlength=K)
    return (counts + a) / (came[:, np.newaxis] + K * a)
""",
        {"test-pair-table": 3},
        "count the last letter of the text, which nothing follows",
    ),
    Mistake(
        "one row short of its constants",
        "pair-table",
        """
def pair_table(symbols, K, a):
    counts = np.zeros((K, K))
    np.add.at(counts, (symbols[:-1], symbols[1:]), 1)
    totals = counts.sum(axis=1, keepdims=True)
    return np.where(totals > 0, (counts + a) / (totals + K * a), 0)
""",
        {"test-pair-table": 1},
        "Not yet: for symbols = [4, 1, 1, 0, 4, 1, 3]",
    ),
    Mistake(
        "bits a token",
        "bits-a-letter",
        """
def bits_a_letter(tokens, perplexities, letters):
    return np.log2(perplexities)
""",
        {"test-bits-a-letter": 2},
        "stop at bits a token",
    ),
    Mistake(
        "guesses mixed half and half",
        "mixed",
        """
def mixed_surprises(first, second):
    return -np.log2((2.0**-first + 2.0**-second) / 2)
""",
        {"test-mixed": 2},
        "mix the guesses for each letter half and half",
    ),
    Mistake(
        "probabilities of long texts",
        "mixed",
        """
def mixed_surprises(first, second):
    mixture = (np.cumprod(2.0**-first) + np.cumprod(2.0**-second)) / 2
    return -np.log2(mixture / np.append(1, mixture[:-1]))
""",
        {"test-mixed": 1},
        "Not yet",
    ),
    Mistake(
        "the price read off in place of the loss",
        "words-answer",
        """
lowest_price = 1.27
lowest_loss = 1.27
""",
        {"test-words": 1},
        "read off the price",
    ),
    Mistake(
        "the share without the width",
        "interval",
        """
def interval(table, before, symbols):
    low, width = 0.0, 1.0
    for k in symbols:
        low += table[before, :k].sum()
        width *= table[before, k]
        before = k
    return low, width
""",
        {"test-interval": 1},
        "add the share without the width",
    ),
    Mistake(
        "a cut in the part that ends there",
        "read-off",
        """
def read_off(number, length, table, before):
    answer = []
    for _ in range(length):
        ends = np.cumsum(table[before])
        k = int(np.searchsorted(ends, number))
        number = (number - ends[k] + table[before, k]) / table[before, k]
        answer.append(k)
        before = k
    return answer
""",
        {"test-read-off": 1},
        "Not yet",
    ),
    Mistake(
        "the package's decoder",
        "read-off",
        """
def read_off(number, length, table, before):
    file = int(number * 2**64).to_bytes(8, "big")
    return arithmetic_decode(file, length, lambda past: table[past[-1] if past else before])
""",
        {"test-read-off": 2},
        "your function calls `arithmetic_decode`",
    ),
    Mistake(
        "a form carried over from its first letter",
        "bits-of-forms",
        """
def bits_of_forms(table, before, symbols, size):
    answer = []
    for begin in range(0, len(symbols), size):
        form = symbols[begin : begin + size]
        answer.append(text_bits(table, before, form))
        before = symbols[begin]
    return answer
""",
        {"test-bits-of-forms": 2},
        "Not yet",
    ),
]
