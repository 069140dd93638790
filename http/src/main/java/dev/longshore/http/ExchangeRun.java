package dev.longshore.http;

import java.io.IOException;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the handler for one request on a virtual thread, and its answer.
final class ExchangeRun implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(ExchangeRun.class);

    private final Handler handler;
    private final Request request;
    private final Exchange exchange;
    private final LiveExchanges live;
    private final Thread thread;
    private volatile boolean isPeerGone;
    private Runnable afterwards = () -> {};

    ExchangeRun(Handler handler, Request request, Exchange exchange, LiveExchanges live) {
        this.handler = handler;
        this.request = request;
        this.exchange = exchange;
        this.live = live;
        this.thread = Thread.ofVirtual().name("http " + request.method()).unstarted(this);
    }

    void start() {
        live.add(this);
        thread.start();
    }

    /// As [#start()]; `afterwards` runs when all is done.
    void start(Runnable afterwards) {
        this.afterwards = afterwards;
        start();
    }

    boolean isPeerGone() {
        return isPeerGone;
    }

    /// Nobody waits for the answer any more: the handler is interrupted.
    void peerGone() {
        isPeerGone = true;
        thread.interrupt();
    }

    @Override
    public void run() {
        try {
            answer(Upgrades.asHijack(request, ask()));
        } catch (IOException | InterruptedException broken) {
            log.debug("{} {} broke off", request.method(), request.path(), broken);
            exchange.abort();
        } catch (RuntimeException | Error failure) {
            if (!isPeerGone) {
                log.error("answering {} {} failed", request.method(), request.path(), failure);
            }
            exchange.abort();
        } finally {
            live.remove(this);
            afterwards.run();
        }
    }

    private Response ask() throws IOException, InterruptedException {
        try {
            return handler.handle(request);
        } catch (IOException | InterruptedException | RuntimeException | Error failure) {
            if (isPeerGone) {
                throw failure;
            }
            log.error("handling {} {} failed", request.method(), request.path(), failure);
            return Response.text(500, "internal error\n");
        }
    }

    private void answer(Response response) throws IOException, InterruptedException {
        switch (response) {
            case Response.Full full -> exchange.send(full);
            case Response.Stream stream -> stream(stream);
            case Response.Hijack _
            when !exchange.mayHijack() -> exchange.send(Response.text(400, "this needs HTTP/1.1\n"));
            case Response.Hijack hijack -> serve(hijack);
            case Response.WebSocketUpgrade _, Response.SpdyUpgrade _ ->
                throw new IllegalStateException("an upgrade that became no hijack");
        }
    }

    private void stream(Response.Stream stream) throws IOException, InterruptedException {
        OutputStream out = exchange.begin(stream);
        if (!request.method().equals("HEAD")) {
            stream.body().writeTo(out);
        }
        // Not in a finally: an answer whose writer failed must not look complete.
        out.close();
    }

    private void serve(Response.Hijack hijack) throws IOException, InterruptedException {
        Exchange.RawStreams raw = exchange.hijack(hijack);
        try {
            hijack.session().serve(raw.in(), raw.out());
        } finally {
            raw.end().run();
        }
    }
}
