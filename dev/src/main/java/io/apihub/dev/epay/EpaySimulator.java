package io.apihub.dev.epay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A running payment platform on the loopback address, for one merchant and both versions of the
 * protocol. People pay on its page; tests by {@link #pay}.
 */
public final class EpaySimulator implements AutoCloseable {

    static {
        // Otherwise each answer waits for the peer's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final String JSON = "application/json";
    private static final String HTML = "text/html";

    private final Set<Trap> traps = ConcurrentHashMap.newKeySet();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final PlatformBooks books;
    private final MerchantApi api;
    private final Teller teller;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String merchantAuthority = "";

    private EpaySimulator(HttpServer server, Merchant merchant, List<Duration> retries) {
        var clock = InstantSource.system();
        this.server = server;
        this.books = new PlatformBooks(clock);
        this.teller = new Teller(merchant, traps, clock, threads, retries);
        this.api =
                new MerchantApi(
                        new Requests(merchant, clock, this::merchantUrl),
                        books,
                        new Replies(merchant, traps, clock),
                        traps,
                        teller::isMerchantClosed);
    }

    /**
     * Starts one. Port 0 takes a free one.
     *
     * @param retries pauses after which a payment is told again if it was not acknowledged
     * @throws UncheckedIOException if the port is taken
     */
    public static EpaySimulator start(int port, Merchant merchant, List<Duration> retries) {
        try {
            var server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            var simulator = new EpaySimulator(server, merchant, retries);
            server.setExecutor(simulator.threads);
            server.createContext("/", simulator::serve);
            server.start();
            return simulator;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on port " + port, e);
        }
    }

    private URI merchantUrl(URI asked) {
        var authority = merchantAuthority;
        return authority.isEmpty() ? asked : URI.create("http://" + authority + asked.getRawPath());
    }

    /** Tells payments at this host and port, whatever the merchant asked for. */
    public void tellAt(String authority) {
        merchantAuthority = authority;
    }

    private void serve(HttpExchange http) throws IOException {
        try (http) {
            if (traps.contains(Trap.DOWN)) {
                // No answer: the connection just ends.
                return;
            }
            if (traps.contains(Trap.STALLED_ANSWERS)) {
                stall(http);
                return;
            }
            var exchange = Exchange.of(http);
            try {
                serve(exchange);
            } catch (Refusal e) {
                refuse(exchange, e);
            }
        }
    }

    /** Headers, and then a byte now and again: nothing that a pause between bytes would show. */
    private void stall(HttpExchange http) throws IOException {
        http.sendResponseHeaders(200, 0);
        try {
            while (!closed.await(50, TimeUnit.MILLISECONDS)) {
                http.getResponseBody().write(' ');
                http.getResponseBody().flush();
            }
        } catch (InterruptedException e) {
            // The platform stops.
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Exchange exchange) throws IOException {
        var path = exchange.path();
        if (path.startsWith("/pay/")) {
            page(exchange, path.substring("/pay/".length()));
        } else if (path.equals("/submit.php") || path.equals("/api/pay/submit")) {
            var order = api.submit(path.equals("/submit.php") ? 1 : 2, exchange.fields());
            exchange.redirect("/pay/" + order.tradeNo());
        } else if (path.equals("/healthz")) {
            exchange.answer(200, "text/plain", "ok\n");
        } else {
            json(exchange, answer(exchange));
        }
    }

    private ObjectNode answer(Exchange exchange) {
        if (traps.contains(Trap.MERCHANT_UNKNOWN)) {
            throw new Refusal(-3, "商户不存在");
        }
        return switch (exchange.path()) {
            case "/mapi.php" -> api.mapi(exchange.form(), url());
            case "/api.php" -> api.api(exchange.query(), exchange.form());
            default -> api.call(exchange.path(), exchange.form(), url());
        };
    }

    private void json(Exchange exchange, ObjectNode reply) throws IOException {
        boolean silent =
                traps.contains(Trap.REFUND_SILENT)
                        && (exchange.path().endsWith("/refund")
                                || "refund".equals(exchange.query().get("act")));
        boolean untold =
                traps.contains(Trap.ORDERS_UNTOLD)
                        && (exchange.path().endsWith("/query")
                                || "order".equals(exchange.query().get("act")));
        if (silent || untold || traps.contains(Trap.HTML_ANSWERS)) {
            exchange.answer(200, HTML, PayPages.message("系统维护中"));
        } else {
            exchange.answer(200, JSON, reply.toString());
        }
    }

    private void refuse(Exchange exchange, Refusal refusal) throws IOException {
        var message = String.valueOf(refusal.getMessage());
        if (exchange.path().startsWith("/pay/") || exchange.path().contains("submit")) {
            exchange.answer(200, HTML, PayPages.message(message));
        } else {
            json(exchange, Replies.object(refusal.code(), message));
        }
    }

    private void page(Exchange exchange, String tradeNo) throws IOException {
        var order = books.find(tradeNo).orElseThrow(() -> new Refusal(-1, "订单号不存在"));
        if (!exchange.isPost()) {
            exchange.answer(200, HTML, PayPages.pay(order, url()));
            return;
        }
        var paid = pay(tradeNo);
        exchange.redirect(order.request().returnUrl() + "?" + Teller.form(teller.fields(paid)));
    }

    /** What a click on "pay" does. */
    public PlatformOrder pay(String tradeNo) {
        var before = books.find(tradeNo).orElseThrow();
        boolean again = traps.contains(Trap.PAY_TWICE);
        var paid = books.pay(tradeNo, amount(before), again);
        if (before.status() == 0 || again) {
            teller.tell(paid);
        }
        return paid;
    }

    /** The payer pays another amount than was asked for. */
    public PlatformOrder payOnly(String tradeNo, String amount) {
        var paid = books.pay(tradeNo, new BigDecimal(amount), false);
        teller.tell(paid);
        return paid;
    }

    private BigDecimal amount(PlatformOrder order) {
        var asked = order.request().money();
        return traps.contains(Trap.PAY_LESS)
                ? asked.divide(BigDecimal.TWO, 2, RoundingMode.DOWN)
                : asked;
    }

    /** Tells the merchant of a payment once more; whether it acknowledged. */
    public boolean tellAgain(PlatformOrder order) throws InterruptedException {
        return teller.once(order);
    }

    /** Tells once more what nobody acknowledged, as the operator's cron does. */
    public void tellUntold() throws InterruptedException {
        teller.again();
    }

    /** Whether a payment was told, and nobody acknowledged it. */
    public boolean isUntold(PlatformOrder order) {
        return teller.isUntold(order.tradeNo());
    }

    /** What the merchant would be told, signed. */
    public Map<String, String> notice(PlatformOrder order) {
        return teller.fields(order);
    }

    /** The order of a merchant's number. */
    public PlatformOrder order(String outTradeNo) {
        return books.find(Map.of("out_trade_no", outTradeNo));
    }

    /** All orders, newest first. */
    public List<PlatformOrder> orders() {
        return books.all();
    }

    /** Gives money back after all, whatever was answered before. */
    public void giveBack(PlatformOrder order, String refundNo, String amount) {
        books.refund(order, new PlatformOrder.Return(refundNo, new BigDecimal(amount)));
    }

    /** An order is older than it was: it was paid then. */
    public void backdate(PlatformOrder order, Instant at) {
        books.backdate(order.tradeNo(), at);
    }

    /** The platform loses all orders. */
    public void forgetAll() {
        books.forgetAll();
    }

    /** The platform loses an order. */
    public void forget(PlatformOrder order) {
        books.forget(order.tradeNo());
    }

    public void set(Trap trap) {
        traps.add(trap);
    }

    public void clear(Trap trap) {
        traps.remove(trap);
    }

    /** All off, and nothing is left to be told. */
    public void clearTraps() {
        traps.clear();
        teller.forget();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
