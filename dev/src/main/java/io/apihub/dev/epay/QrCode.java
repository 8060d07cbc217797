package io.apihub.dev.epay;

import java.nio.charset.StandardCharsets;

/**
 * A QR code (ISO/IEC 18004) of bytes, versions 1 to 6, error correction L, mask 0: enough for a URL
 * of this machine.
 */
final class QrCode {

    /** Data and correction code words by version; of version 6, two blocks of each. */
    private static final int[][] WORDS = {
        {19, 7}, {34, 10}, {55, 15}, {80, 20}, {108, 26}, {68, 18}
    };

    private static final int TWO_BLOCKS = 6;

    /** Error correction L with mask 0, its own correction and mask applied. */
    private static final int FORMAT = 0b111011111000100;

    private final int size;
    private final boolean[][] dark;
    private final boolean[][] fixed;

    private QrCode(int version) {
        this.size = 17 + 4 * version;
        this.dark = new boolean[size][size];
        this.fixed = new boolean[size][size];
        finder(0, 0);
        finder(0, size - 7);
        finder(size - 7, 0);
        timing();
        if (version > 1) {
            alignment(size - 7);
        }
        format();
    }

    /**
     * Encodes a text.
     *
     * @throws IllegalArgumentException if it has more than 134 bytes
     */
    static QrCode of(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int version = 1; version <= WORDS.length; version++) {
            int blocks = version == TWO_BLOCKS ? 2 : 1;
            int words = WORDS[version - 1][0] * blocks;
            if (bytes.length + 2 <= words) {
                var code = new QrCode(version);
                code.fill(corrected(data(bytes, words), WORDS[version - 1][1], blocks));
                return code;
            }
        }
        throw new IllegalArgumentException("too long for a QR code: " + text);
    }

    /** Byte mode, the count in eight bits, and pad bytes to the end. */
    private static int[] data(byte[] bytes, int words) {
        var data = new int[words];
        int previous = 0b0100;
        int at = 0;
        int count = bytes.length;
        data[at++] = (previous << 4) | (count >> 4);
        int rest = count & 0xF;
        for (byte b : bytes) {
            data[at++] = (rest << 4) | ((b & 0xFF) >> 4);
            rest = b & 0xF;
        }
        data[at++] = rest << 4;
        for (int pad = 0; at < words; pad++) {
            data[at++] = pad % 2 == 0 ? 0xEC : 0x11;
        }
        return data;
    }

    private static int[] corrected(int[] data, int correction, int blocks) {
        int each = data.length / blocks;
        var all = new int[data.length + correction * blocks];
        var generator = generator(correction);
        for (int block = 0; block < blocks; block++) {
            var own = new int[each];
            System.arraycopy(data, block * each, own, 0, each);
            var rest = remainder(own, generator);
            for (int i = 0; i < each; i++) {
                all[i * blocks + block] = own[i];
            }
            for (int i = 0; i < correction; i++) {
                all[data.length + i * blocks + block] = rest[i];
            }
        }
        return all;
    }

    /** Of Reed and Solomon, over the field of 256 with the polynomial 0x11D. */
    private static int[] generator(int degree) {
        var result = new int[degree];
        result[degree - 1] = 1;
        int root = 1;
        for (int i = 0; i < degree; i++) {
            for (int j = 0; j < degree; j++) {
                result[j] = product(result[j], root) ^ (j + 1 < degree ? result[j + 1] : 0);
            }
            root = product(root, 2);
        }
        return result;
    }

    private static int[] remainder(int[] data, int[] generator) {
        var result = new int[generator.length];
        for (int word : data) {
            int factor = word ^ result[0];
            System.arraycopy(result, 1, result, 0, result.length - 1);
            result[result.length - 1] = 0;
            for (int i = 0; i < result.length; i++) {
                result[i] ^= product(generator[i], factor);
            }
        }
        return result;
    }

    private static int product(int x, int y) {
        int z = 0;
        for (int i = 7; i >= 0; i--) {
            z = (z << 1) ^ ((z >>> 7) * 0x11D);
            z ^= ((y >>> i) & 1) * x;
        }
        return z & 0xFF;
    }

    private void set(int row, int column, boolean on) {
        if (row >= 0 && row < size && column >= 0 && column < size) {
            dark[row][column] = on;
            fixed[row][column] = true;
        }
    }

    private void finder(int row, int column) {
        for (int r = -1; r <= 7; r++) {
            for (int c = -1; c <= 7; c++) {
                int distance = Math.max(Math.abs(r - 3), Math.abs(c - 3));
                set(row + r, column + c, distance != 2 && distance != 4);
            }
        }
    }

    private void timing() {
        for (int i = 8; i < size - 8; i++) {
            set(6, i, i % 2 == 0);
            set(i, 6, i % 2 == 0);
        }
    }

    private void alignment(int center) {
        for (int r = -2; r <= 2; r++) {
            for (int c = -2; c <= 2; c++) {
                set(center + r, center + c, Math.max(Math.abs(r), Math.abs(c)) != 1);
            }
        }
    }

    private void format() {
        for (int i = 0; i < 15; i++) {
            boolean on = ((FORMAT >>> i) & 1) == 1;
            int low = i < 6 ? i : i < 8 ? i + 1 : size - 15 + i;
            set(low, 8, on);
            int across = i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i;
            set(8, across, on);
        }
        set(size - 8, 8, true);
    }

    /** From the lower right corner, two columns at a time, up and down. */
    private void fill(int[] words) {
        int bit = 0;
        for (int right = size - 1; right >= 1; right -= 2) {
            int column = right <= 6 ? right - 1 : right;
            for (int step = 0; step < size; step++) {
                boolean up = ((column + 1) & 2) == 0;
                int row = up ? size - 1 - step : step;
                for (int c = column; c > column - 2; c--) {
                    if (!fixed[row][c]) {
                        boolean on =
                                bit < words.length * 8
                                        && ((words[bit / 8] >>> (7 - bit % 8)) & 1) == 1;
                        dark[row][c] = on ^ ((row + c) % 2 == 0);
                        bit++;
                    }
                }
            }
        }
    }

    boolean[][] modules() {
        return dark;
    }

    /** With the quiet zone of four modules around. */
    String svg() {
        var path = new StringBuilder();
        for (int r = 0; r < size; r++) {
            for (int c = 0; c < size; c++) {
                if (dark[r][c]) {
                    path.append('M').append(c + 4).append(' ').append(r + 4).append("h1v1h-1z");
                }
            }
        }
        int whole = size + 8;
        return "<svg role=\"img\" aria-label=\"QR\" viewBox=\"0 0 "
                + whole
                + " "
                + whole
                + "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h"
                + whole
                + "v"
                + whole
                + "H0z\"/><path d=\""
                + path
                + "\"/></svg>";
    }
}
