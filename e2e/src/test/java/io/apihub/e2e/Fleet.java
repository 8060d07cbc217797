package io.apihub.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the gateways of one product say about themselves. */
final class Fleet {

    private Fleet() {}

    /** How many requests each Envoy has seen since it was started. */
    static List<Long> requests(Product product) throws IOException {
        var requests = new ArrayList<Long>();
        for (int gateway = 0; gateway < product.stack().gateways(); gateway++) {
            String envoy = gateway == 0 ? "envoy" : "envoy-" + gateway;
            requests.add(
                    product.stack().envoyAdmin(envoy).stat("http.gateway.downstream_rq_total"));
        }
        return requests;
    }
}
