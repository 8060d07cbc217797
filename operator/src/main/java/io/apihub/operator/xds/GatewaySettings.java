package io.apihub.operator.xds;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The installation's settings for the data plane: the ConfigMap {@code gateway}.
 *
 * @param listen where Envoy listens
 * @param trustedHops proxies in front whose x-forwarded-for is believed, 0 to 10
 * @param maxStreamDuration after which Envoy ends a model request, up to 4 h
 * @param settleMargin how much later than that, at most, a request's log entry is with ext-authz,
 *     up to 10 min
 * @param grantTimeout how long a request may wait for credit in ext-authz, up to 10 s; Envoy waits
 *     200 ms longer, for the answer to be ext-authz's
 * @param billing billing's HTTP address; empty means no portal and no API
 * @param poolDrain how long a pool that no model names stays in Envoy
 * @param systemCaFile the file of certificate authorities in Envoy's container
 * @param front what clients see
 */
public record GatewaySettings(
        Address listen,
        int trustedHops,
        Duration maxStreamDuration,
        Duration settleMargin,
        Duration grantTimeout,
        Optional<Address> billing,
        Duration poolDrain,
        String systemCaFile,
        Front front) {

    private static final String LONGEST_BY_DEFAULT = "1h";
    private static final String MARGIN_BY_DEFAULT = "60s";
    private static final String GRANT_BY_DEFAULT = "800ms";
    private static final String HOST = "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?";
    private static final Duration ANSWER_MARGIN = Duration.ofMillis(200);
    private static final Duration LONGEST_GRANT = Duration.ofSeconds(10);
    private static final Duration LONGEST_STREAM = Duration.ofHours(4);
    private static final Duration LONGEST_MARGIN = Duration.ofMinutes(10);

    /**
     * Creates settings.
     *
     * @throws IllegalArgumentException with the ConfigMap's key in the text
     */
    public GatewaySettings {
        require(trustedHops >= 0 && trustedHops <= 10, "trustedHops must be 0 to 10");
        require(
                maxStreamDuration.isPositive() && maxStreamDuration.compareTo(LONGEST_STREAM) <= 0,
                "maxStreamDuration must be more than 0 and at most 4h");
        require(
                settleMargin.isPositive() && settleMargin.compareTo(LONGEST_MARGIN) <= 0,
                "settleMargin must be more than 0 and at most 10m");
        require(
                grantTimeout.isPositive() && grantTimeout.compareTo(LONGEST_GRANT) <= 0,
                "grantTimeout must be more than 0 and at most 10s");
        require(!poolDrain.isNegative(), "poolDrain must not be negative");
    }

    /**
     * A host and a port.
     *
     * @param port 0 to 65535; Envoy picks a free one for 0
     */
    public record Address(String host, int port) {}

    /**
     * What clients see.
     *
     * @param hosts names, without ports, under which everything is found; {@code *} is any
     * @param tlsSecret the Secret with the certificate; empty means plain HTTP
     */
    public record Front(List<String> hosts, Optional<String> tlsSecret) {

        public Front {
            hosts = List.copyOf(hosts);
        }

        /** As Envoy matches them: with and without a port. */
        List<String> domains() {
            return hosts.stream()
                    .flatMap(host ->
                            host.equals("*") ? Stream.of(host) : Stream.of(host, host + ":*"))
                    .toList();
        }
    }

    private static List<String> hosts(String text) {
        List<String> hosts =
                Arrays.stream(text.split(",", -1))
                        .map(host -> host.strip().toLowerCase(Locale.ROOT))
                        .distinct()
                        .toList();
        for (String host : hosts) {
            require(
                    host.equals("*") || host.matches(HOST),
                    "ConfigMap gateway, hosts are names between commas, such as"
                            + " api.example.com,portal.example.com, or *: "
                            + text);
        }
        return hosts.contains("*") ? List.of("*") : hosts;
    }

    /**
     * Reads the ConfigMap's entries; each has a default, unknown ones are ignored. A pool outlives
     * the longest request that it may carry unless {@code poolDrain} says otherwise.
     *
     * @throws IllegalArgumentException with the key in the text if a value can't be read
     */
    public static GatewaySettings of(Map<String, String> entries) {
        return new GatewaySettings(
                new Address(
                        entries.getOrDefault("listenAddress", "0.0.0.0"),
                        read(entries, "listenPort", "10000", Integer::parseInt)),
                read(entries, "trustedHops", "0", Integer::parseInt),
                read(entries, "maxStreamDuration", LONGEST_BY_DEFAULT, GatewaySettings::duration),
                read(entries, "settleMargin", MARGIN_BY_DEFAULT, GatewaySettings::duration),
                read(entries, "grantTimeout", GRANT_BY_DEFAULT, GatewaySettings::duration),
                Optional.of(entries.getOrDefault("billingAddress", ""))
                        .filter(address -> !address.isBlank())
                        .map(GatewaySettings::address),
                read(
                        entries,
                        "poolDrain",
                        entries.getOrDefault("maxStreamDuration", LONGEST_BY_DEFAULT),
                        GatewaySettings::duration),
                entries.getOrDefault("systemCaFile", "/etc/ssl/certs/ca-certificates.crt"),
                new Front(
                        hosts(entries.getOrDefault("hosts", "*")),
                        Optional.of(entries.getOrDefault("tlsSecret", "").strip())
                                .filter(secret -> !secret.isEmpty())));
    }

    /** After which no log entry of a request comes any more. */
    Duration longestHold() {
        return maxStreamDuration.plus(settleMargin);
    }

    /** After which Envoy refuses a request that ext-authz says nothing about. */
    Duration authorizerTimeout() {
        return grantTimeout.plus(ANSWER_MARGIN);
    }

    private static <T> T read(
            Map<String, String> entries, String key, String fallback, Function<String, T> parse) {
        String text = entries.getOrDefault(key, fallback).strip();
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("ConfigMap gateway, " + key + ": " + text, e);
        }
    }

    private static Address address(String text) {
        int colon = text.lastIndexOf(':');
        require(colon > 0, "ConfigMap gateway, billingAddress must be host:port: " + text);
        try {
            return new Address(
                    text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "ConfigMap gateway, billingAddress must be host:port: " + text, e);
        }
    }

    private static Duration duration(String text) {
        if (text.endsWith("ms")) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        }
        if (text.matches("\\d+")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        require(text.matches("\\d+[smh]"), "a duration looks like 800ms, 60s, 10m or 1h: " + text);
        return Duration.parse("PT" + text);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
