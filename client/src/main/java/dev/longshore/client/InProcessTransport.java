package dev.longshore.client;

import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import io.fabric8.kubernetes.client.http.WebSocketUpgradeResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// fabric8's transport straight into a [Handler]: one virtual thread per request, interrupted when the caller
/// loses interest. A watch, which fabric8 asks for as a WebSocket, is served as the stream of JSON lines that
/// the handler makes of it.
final class InProcessTransport
        extends StandardHttpClient<InProcessTransport, InProcessTransport.Factory, InProcessTransport.Builder> {

    private final Handler server;
    private final UserInfo user;
    private final ClientCalls calls;
    private final Set<Thread> running;

    private InProcessTransport(Builder builder, AtomicBoolean closed, Set<Thread> running, Factory factory) {
        super(builder, closed);
        this.running = running;
        this.server = factory.server();
        this.user = factory.user();
        this.calls = factory.calls();
    }

    /// Makes transports for one user.
    record Factory(Handler server, UserInfo user, ClientCalls calls) implements HttpClient.Factory {
        @Override
        public Builder newBuilder() {
            return new Builder(this);
        }
    }

    /// fabric8's builder; derived clients share the transport's threads and its closing.
    static final class Builder extends StandardHttpClientBuilder<InProcessTransport, Factory, Builder> {

        Builder(Factory factory) {
            super(factory);
        }

        @Override
        public InProcessTransport build() {
            return client == null
                    ? new InProcessTransport(this, new AtomicBoolean(), ConcurrentHashMap.newKeySet(), clientFactory)
                    : new InProcessTransport(this, client.getClosed(), client.running, clientFactory);
        }

        @Override
        protected Builder newInstance(Factory factory) {
            return new Builder(factory);
        }
    }

    @Override
    public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
            StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        var answered = new CompletableFuture<HttpResponse<AsyncBody>>();
        ClientCalls.Call call = calls.begin(request.method(), request.uri(), false);
        Thread thread = run(() -> {
            try {
                Response response = server.handle(local(request.method(), request.uri(), request));
                call.answered(response.status());
                var body = new DemandedBody(consumer, Thread.currentThread());
                answered.complete(new Answer(response.status(), fields(response.headers()), body, request));
                body.feed(response);
            } catch (IOException | InterruptedException | RuntimeException failed) {
                if (!answered.isDone()) {
                    call.failed();
                }
                answered.completeExceptionally(failed instanceof IOException ? failed : new IOException(failed));
            }
        });
        answered.whenComplete((response, failure) -> {
            if (answered.isCancelled()) {
                thread.interrupt();
            }
        });
        return answered;
    }

    @Override
    public CompletableFuture<WebSocketResponse> buildWebSocketDirect(
            StandardWebSocketBuilder socketBuilder, WebSocket.Listener listener) {
        var opened = new CompletableFuture<WebSocketResponse>();
        StandardHttpRequest request = socketBuilder.asHttpRequest();
        ClientCalls.Call call = calls.begin("GET", request.uri(), true);
        run(() -> {
            try {
                Response response = server.handle(local("GET", request.uri(), request));
                call.answered(response.status());
                var upgrade = new WebSocketUpgradeResponse(request, response.status(), fields(response.headers()));
                if (!(response instanceof Response.Stream stream) || response.status() != 200) {
                    opened.complete(new WebSocketResponse(upgrade, new WebSocketHandshakeException(upgrade)));
                    return;
                }
                var socket = new WatchSocket(listener, Thread.currentThread());
                opened.complete(new WebSocketResponse(
                        new WebSocketUpgradeResponse(request, 101, fields(response.headers())), socket));
                socket.feed(stream);
            } catch (IOException | InterruptedException | RuntimeException failed) {
                opened.completeExceptionally(failed);
            }
        });
        return opened;
    }

    /// What is asked through it.
    ClientCalls calls() {
        return calls;
    }

    @Override
    protected void doClose() {
        running.forEach(Thread::interrupt);
    }

    private Thread run(Runnable task) {
        return Thread.ofVirtual().name("request-" + user.name()).start(() -> {
            running.add(Thread.currentThread());
            try {
                task.run();
            } finally {
                running.remove(Thread.currentThread());
            }
        });
    }

    private Request local(String method, URI uri, StandardHttpRequest request) throws IOException {
        String target = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        var fields = new ArrayList<String>();
        request.headers()
                .forEach((name, values) -> values.forEach(value -> {
                    fields.add(name);
                    fields.add(value);
                }));
        if (request.getContentType() != null) {
            fields.add("Content-Type");
            fields.add(request.getContentType());
        }
        return Request.local(method, target, Headers.of(fields.toArray(String[]::new)), body(request))
                .with(UserInfo.class, user);
    }

    private static byte[] body(StandardHttpRequest request) throws IOException {
        return switch (request.body()) {
            case null -> new byte[0];
            case StandardHttpRequest.StringBodyContent text -> text.getContent().getBytes(StandardCharsets.UTF_8);
            case StandardHttpRequest.ByteArrayBodyContent bytes -> bytes.getContent();
            case StandardHttpRequest.InputStreamBodyContent stream -> {
                try (InputStream in = stream.getContent()) {
                    yield in.readAllBytes();
                }
            }
            default -> throw new IOException("a body of an unknown kind: " + request.body());
        };
    }

    private static Map<String, List<String>> fields(Headers headers) {
        var fields = new LinkedHashMap<String, List<String>>();
        headers.forEach((name, value) ->
                fields.computeIfAbsent(name, absent -> new ArrayList<>()).add(value));
        return fields;
    }

    private static final class Answer extends StandardHttpHeaders implements HttpResponse<AsyncBody> {
        private final int code;
        private final AsyncBody body;
        private final HttpRequest request;

        Answer(int code, Map<String, List<String>> headers, AsyncBody body, HttpRequest request) {
            super(headers);
            this.code = code;
            this.body = body;
            this.request = request;
        }

        @Override
        public int code() {
            return code;
        }

        @Override
        public AsyncBody body() {
            return body;
        }

        @Override
        public HttpRequest request() {
            return request;
        }

        @Override
        public Optional<HttpResponse<?>> previousResponse() {
            return Optional.empty();
        }
    }
}
