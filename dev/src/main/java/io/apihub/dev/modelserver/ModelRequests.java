package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers every request of a client and logs it. */
final class ModelRequests implements HttpHandler {

    private final Credential credential;
    private final ServedLog log;
    private final InstantSource clock;
    private final Answering answering;

    ModelRequests(Credential credential, ServedLog log, InstantSource clock) {
        this.credential = credential;
        this.log = log;
        this.clock = clock;
        this.answering = new Answering(clock);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Instant at = clock.instant();
        var answer = new Answer(exchange);
        Optional<Ask> ask = Optional.empty();
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            ask = admit(exchange, answer, body);
            if (ask.isPresent()) {
                answer(exchange, answer, ask.get(), body);
            }
        } catch (BadRequest e) {
            fail(exchange, answer, 400, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            log(exchange, answer, ask, at);
        }
        if (!answer.completed()) {
            // Closing the exchange would end the body as if it were whole; throwing drops the
            // connection.
            throw new IOException("the answer was cut");
        }
        exchange.close();
    }

    /** Reads what is asked for; empty if the answer was given already. */
    private Optional<Ask> admit(HttpExchange exchange, Answer answer, byte[] body)
            throws IOException {
        URI uri = exchange.getRequestURI();
        if (!credential.accepts(exchange)) {
            fail(exchange, answer, 401, "Incorrect API key provided.");
            return Optional.empty();
        }
        if (exchange.getRequestMethod().equals("GET")) {
            Optional<String> list = ModelList.of(uri);
            if (list.isPresent()) {
                answer.plain(200, list.get());
                return Optional.empty();
            }
        }
        Optional<Ask> ask =
                exchange.getRequestMethod().equals("POST")
                        ? read(uri, contentType(exchange), body)
                        : Optional.empty();
        if (ask.isEmpty()) {
            fail(exchange, answer, 404, "Invalid URL (" + uri.getPath() + ")");
        }
        return ask;
    }

    private static String contentType(HttpExchange exchange) {
        return exchange.getRequestHeaders().getOrDefault("Content-Type", List.of("")).getFirst();
    }

    private static Optional<Ask> read(URI uri, String contentType, byte[] body) {
        Optional<Protocol> generating = Endpoints.generating(uri);
        if (generating.isPresent()) {
            return Optional.of(generating.get().read(uri, Json.read(body)));
        }
        return switch (uri.getPath()) {
            case "/v1/embeddings" -> Optional.of(EmbeddingsProtocol.read(uri, Json.read(body)));
            case "/v1/messages/count_tokens" ->
                    Optional.of(new MessagesProtocol().read(uri, Json.read(body)));
            case TranscriptionsProtocol.PATH ->
                    Optional.of(TranscriptionsProtocol.read(contentType, body));
            default -> Optional.empty();
        };
    }

    private void answer(HttpExchange exchange, Answer answer, Ask ask, byte[] body)
            throws IOException, InterruptedException {
        URI uri = exchange.getRequestURI();
        var directives = ask.directives();
        int status = directives.number("fail", directives.number("status", 0));
        if (status != 0) {
            directives
                    .value("retry-after")
                    .ifPresent(s -> exchange.getResponseHeaders().set("retry-after", s));
            fail(exchange, answer, status, "The prompt asked for this failure.");
            return;
        }
        Optional<Protocol> generating = Endpoints.generating(uri);
        if (generating.isPresent()) {
            generate(uri, generating.get(), answer, answering.reply(ask));
            return;
        }
        Reply reply = answering.inputOnly(ask);
        JsonNode document =
                switch (uri.getPath()) {
                    case TranscriptionsProtocol.PATH ->
                            TranscriptionsProtocol.json(contentType(exchange), body);
                    case "/v1/embeddings" -> EmbeddingsProtocol.json(reply, Json.read(body));
                    default -> Json.object().put("input_tokens", reply.usage().totalInput());
                };
        answer.json(reply, Json.write(document));
    }

    private static void generate(URI uri, Protocol protocol, Answer answer, Reply reply)
            throws IOException, InterruptedException {
        if (!reply.ask().stream()) {
            answer.json(reply, Json.write(protocol.json(reply)));
        } else if (uri.getPath().startsWith(GeminiProtocol.PREFIX) && !asksForSse(uri)) {
            answer.array(reply, protocol.stream(reply));
        } else {
            Frame failure = protocol.streamError("The prompt asked for this failure.");
            answer.stream(reply, protocol.stream(reply), failure);
        }
    }

    private static boolean asksForSse(URI uri) {
        String query = uri.getQuery();
        return query != null && ("&" + query + "&").contains("&alt=sse&");
    }

    private static void fail(HttpExchange exchange, Answer answer, int status, String message)
            throws IOException {
        var errors = Endpoints.errors(exchange.getRequestURI());
        answer.plain(status, Json.write(errors.error(status, message)));
    }

    private void log(HttpExchange exchange, Answer answer, Optional<Ask> ask, Instant at) {
        var usage = answer.usage();
        Map<String, String> headers = Received.headers(exchange);
        log.add(seq ->
                new Served(
                        seq,
                        answer.id(),
                        ask.flatMap(a -> a.directives().value("tag")).orElse(""),
                        at,
                        exchange.getRequestMethod(),
                        Received.path(exchange),
                        ask.map(Ask::model).orElse(""),
                        ask.map(Ask::stream).orElse(false),
                        usage.input(),
                        usage.cachedInput(),
                        usage.cacheWrite(),
                        usage.cacheWrite1h(),
                        usage.output(),
                        usage.reasoning(),
                        answer.status(),
                        answer.completed(),
                        headers));
    }
}
