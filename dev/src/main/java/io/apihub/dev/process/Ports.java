package io.apihub.dev.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports of this machine. */
public final class Ports {

    /**
     * Below the ports that the kernel gives to connections and to whoever asks for any port: one of
     * those could be taken between our choice and the start of the program that is to listen.
     */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 32_000;
    private static final int MOST_TRIES = 10_000;

    private Ports() {}

    /** A port that is free on the loopback address now; nothing reserves it. */
    public static int free() {
        return free(1).getFirst();
    }

    /** Different free ports. */
    public static List<Integer> free(int count) {
        var found = new LinkedHashSet<Integer>();
        for (int tries = 0; found.size() < count; tries++) {
            if (tries == MOST_TRIES) {
                throw new IllegalStateException("no %d free ports".formatted(count));
            }
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port)) {
                found.add(port);
            }
        }
        return List.copyOf(found);
    }

    /** Whether a server could listen on {@code port} of the loopback address. */
    public static boolean isFree(int port) {
        try (var socket = bound(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket bound(int port) throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true); // connections that linger do not make a port taken
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
