package io.apihub.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the gateways of one product say about themselves. */
final class Fleet {

    private Fleet() {}

    /** The name under which the stack knows a program of a gateway, from 0. */
    static String program(String name, int gateway) {
        return gateway == 0 ? name : name + "-" + gateway;
    }

    /** How many requests each Envoy has seen since it was started. */
    static List<Long> requests(Product product) throws IOException {
        var requests = new ArrayList<Long>();
        for (int gateway = 0; gateway < product.stack().gateways(); gateway++) {
            var envoy = product.stack().envoyAdmin(program("envoy", gateway));
            requests.add(envoy.stat("http.gateway.downstream_rq_total"));
        }
        return requests;
    }
}
