package io.apihub.operator.xds;

import io.envoyproxy.controlplane.cache.Resources;
import java.util.Arrays;
import java.util.Optional;

/** The kinds of resource that we serve; each has its own version. */
public enum XdsType {
    CLUSTERS(Resources.V3.CLUSTER_TYPE_URL),
    LISTENERS(Resources.V3.LISTENER_TYPE_URL),
    ROUTES(Resources.V3.ROUTE_TYPE_URL),
    SECRETS(Resources.V3.SECRET_TYPE_URL);

    private final String url;

    XdsType(String url) {
        this.url = url;
    }

    static Optional<XdsType> of(String url) {
        return Arrays.stream(values()).filter(type -> type.url.equals(url)).findFirst();
    }
}
