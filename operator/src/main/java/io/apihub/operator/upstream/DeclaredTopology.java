package io.apihub.operator.upstream;

import io.apihub.operator.xds.GatewayCertificate;
import io.apihub.operator.xds.GatewaySettings;
import java.util.List;
import java.util.Optional;

/** What the API server declares, as far as Envoy is concerned. */
interface DeclaredTopology {

    /**
     * All of it at one time; empty until the first lists have arrived, because a topology that is
     * read in part would take pools away from gateways.
     */
    Optional<Declaration> read();

    /** Upstreams and settings together. */
    record Declaration(
            List<DeclaredUpstream> upstreams, UpstreamSecrets secrets, GatewayFront gateway) {

        GatewaySettings settings() {
            return gateway.settings();
        }
    }

    /**
     * The gateway's settings with what they refer to.
     *
     * @param certificate present exactly if the settings name a Secret
     */
    record GatewayFront(GatewaySettings settings, Optional<GatewayCertificate> certificate) {}
}
