package io.apihub.billing.redemption;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A code that people read out and type: 26 random symbols of base 32 (130 bits) and four that check
 * them, in six groups of five. No I, L, O or U is used; I and L are read as 1, O as 0, small
 * letters as large ones, and hyphens and spaces as nothing. {@code toString} never shows it.
 *
 * <p>The check is the number that the random symbols are, modulo a prime just below 32^4: a wrong
 * symbol and two that changed places are always found, other slips but for one in a million.
 */
final class RedemptionCode {

    static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int BITS = 5;
    private static final int RANDOM = 26;
    private static final int CHECK = 4;
    private static final int GROUP = 5;
    private static final int PRIME = 1_048_573;
    private static final int MAX_TYPED = 100;

    private final String symbols;

    private RedemptionCode(String symbols) {
        this.symbols = symbols;
    }

    /** {@code random} must be a SecureRandom outside tests. */
    static RedemptionCode mint(RandomGenerator random) {
        var symbols = new StringBuilder();
        for (int i = 0; i < RANDOM; i++) {
            symbols.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new RedemptionCode(symbols + check(symbols.toString()));
    }

    /** Reads what somebody typed; empty if it can't be a code. */
    static Optional<RedemptionCode> parse(String typed) {
        if (typed.length() > MAX_TYPED) {
            return Optional.empty();
        }
        var symbols = new StringBuilder();
        for (int i = 0; i < typed.length(); i++) {
            char typedChar = typed.charAt(i);
            if (typedChar != '-' && typedChar != ' ') {
                symbols.append(symbol(typedChar));
            }
        }
        if (symbols.length() != RANDOM + CHECK
                || symbols.chars().anyMatch(symbol -> ALPHABET.indexOf(symbol) < 0)) {
            return Optional.empty();
        }
        return symbols.substring(RANDOM).equals(check(symbols.substring(0, RANDOM)))
                ? Optional.of(new RedemptionCode(symbols.toString()))
                : Optional.empty();
    }

    private static char symbol(char typed) {
        char large = typed >= 'a' && typed <= 'z' ? (char) (typed - 'a' + 'A') : typed;
        return switch (large) {
            case 'I', 'L' -> '1';
            case 'O' -> '0';
            default -> large;
        };
    }

    private static String check(String random) {
        int rest = 0;
        for (int i = 0; i < random.length(); i++) {
            rest = ((rest << BITS) + ALPHABET.indexOf(random.charAt(i))) % PRIME;
        }
        var check = new StringBuilder();
        for (int i = CHECK - 1; i >= 0; i--) {
            check.append(ALPHABET.charAt(rest >> (BITS * i) & (ALPHABET.length() - 1)));
        }
        return check.toString();
    }

    /** What is stored. */
    byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(symbols.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The code itself in its groups, for handing it over once; never for logs. */
    String reveal() {
        var groups = new StringBuilder(symbols.substring(0, GROUP));
        for (int i = GROUP; i < symbols.length(); i += GROUP) {
            groups.append('-').append(symbols, i, i + GROUP);
        }
        return groups.toString();
    }

    @Override
    public String toString() {
        return "***";
    }
}
