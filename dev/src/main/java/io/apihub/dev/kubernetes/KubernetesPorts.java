package io.apihub.dev.kubernetes;

import io.apihub.dev.process.Ports;

/** The TCP ports that a control plane listens on, all on 127.0.0.1. */
public record KubernetesPorts(int apiserver, int etcd, int etcdPeer) {

    /** Three that are free now. */
    public static KubernetesPorts free() {
        var ports = Ports.free(3);
        return new KubernetesPorts(ports.get(0), ports.get(1), ports.get(2));
    }
}
