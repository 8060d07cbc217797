package io.apihub.operator.xds;

/** Who wants to know how far the gateways are. Calls come from gRPC threads and must not block. */
public interface XdsSessions {

    /** The gateway has applied that version. */
    void acked(String gateway, XdsType type, String version);

    /**
     * The gateway refused that version and keeps what it had.
     *
     * @param words Envoy's own
     */
    void rejected(String gateway, XdsType type, String version, String words);

    /** The gateway's stream ended; it goes on serving what it has. */
    void disconnected(String gateway);
}
