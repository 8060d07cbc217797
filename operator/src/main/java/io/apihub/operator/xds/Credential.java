package io.apihub.operator.xds;

/**
 * What we send to an upstream to be let in, prefix included.
 *
 * @param headerValue the whole value of the credential header
 */
public record Credential(String headerValue) {

    /**
     * Creates a credential.
     *
     * @throws IllegalArgumentException if the value is empty or no header can carry it
     */
    public Credential {
        if (headerValue.isBlank() || headerValue.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "a credential must be visible ASCII characters, without a line break");
        }
    }

    /** Never the value: this type is part of values that get printed. */
    @Override
    public String toString() {
        return "***";
    }
}
