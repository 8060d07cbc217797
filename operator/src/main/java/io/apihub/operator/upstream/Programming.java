package io.apihub.operator.upstream;

import java.util.List;

/** How far an Upstream has come to the gateways. */
sealed interface Programming {

    /** Every counting gateway has it. */
    record Done() implements Programming {}

    /** There is no gateway to have it. */
    record NoGateways() implements Programming {}

    /**
     * Some gateways lack it.
     *
     * @param gateways which; empty while it is not known
     */
    record Pending(List<String> gateways) implements Programming {}

    /**
     * Envoy refuses it.
     *
     * @param words Envoy's own
     */
    record Rejected(String words) implements Programming {}
}
