package io.apihub.e2e;

import io.apihub.dev.stack.Stack;

/** How many requests the gateways of a stack have admitted and not settled. */
record OpenHolds(Stack stack) {

    private static final String METRIC = "apihub_extauthz_holds_open ";

    /** Fails if a gateway does not answer. */
    long count() {
        long open = 0;
        for (int gateway = 0; gateway < stack.gateways(); gateway++) {
            String name = Fleet.program("ext-authz", gateway);
            var metrics = Http.to(stack.managementUrl(name)).get("/metrics").body();
            open +=
                    (long)
                            metrics.lines()
                                    .filter(line -> line.startsWith(METRIC))
                                    .mapToDouble(line ->
                                            Double.parseDouble(line.substring(METRIC.length())))
                                    .findFirst()
                                    .orElseThrow();
        }
        return open;
    }
}
