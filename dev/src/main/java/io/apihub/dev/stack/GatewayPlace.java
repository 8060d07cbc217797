package io.apihub.dev.stack;

import java.nio.file.Path;

/**
 * The names and places of one gateway of a stack, that is of an Envoy and of the ext-authz beside
 * it. The first gateway's programs have plain names; the second's are {@code envoy-1} and so on.
 *
 * @param id Envoy's node id and ext-authz's gateway id
 * @param journal where ext-authz keeps what must survive it
 * @param adminSocket Envoy's admin interface
 */
record GatewayPlace(
        int number, String id, Path authzSocket, Path usageSocket, Path adminSocket, Path journal) {

    /** The place of one gateway. Sockets that an earlier run left there are removed. */
    static GatewayPlace of(int number, DataDirectory data) {
        return new GatewayPlace(
                number,
                "gateway-" + number,
                data.socket(numbered("authz", number)),
                data.socket(numbered("usage", number)),
                data.socket(numbered("envoy-admin", number)),
                data.path(numbered("journal", number)));
    }

    /** The name under which a stack knows a program of this gateway. */
    String program(String name) {
        return numbered(name, number);
    }

    static String numbered(String name, int number) {
        return number == 0 ? name : name + "-" + number;
    }
}
