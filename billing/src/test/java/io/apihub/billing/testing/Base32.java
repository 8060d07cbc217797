package io.apihub.billing.testing;

/** Secrets of second factors, as an authenticator's app reads them. */
public final class Base32 {

    private Base32() {}

    public static byte[] decoded(String base32) {
        var bits = new StringBuilder();
        for (int digit : base32.chars().toArray()) {
            int value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit);
            bits.append("%5s".formatted(Integer.toBinaryString(value)).replace(' ', '0'));
        }
        var bytes = new byte[bits.length() / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
        }
        return bytes;
    }
}
