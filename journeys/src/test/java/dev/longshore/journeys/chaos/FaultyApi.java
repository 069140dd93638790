package dev.longshore.journeys.chaos;

import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/// An API server on a bad day: requests fail before or after they were done, writes meet conflicts, watches
/// expire and break off.
final class FaultyApi implements Handler {

    private static final String EXPIRED = """
            {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
            "message":"too old resource version","reason":"Expired","code":410}}
            """;

    private final Handler sound;
    private final Random random;
    private final Map<String, Integer> faults = new ConcurrentSkipListMap<>();
    private volatile boolean isWell;

    /// @param sound what answers on good days; closed by whoever gave it
    FaultyApi(Handler sound, Random random) {
        this.sound = sound;
        this.random = random;
    }

    /// From now on nothing fails any more.
    void recover() {
        isWell = true;
    }

    /// How much has failed.
    int faults() {
        return faults.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// The same in words, by kind.
    String told() {
        return faults.entrySet().stream()
                .map(entry -> entry.getValue() + " times \"" + entry.getKey() + "\"")
                .collect(Collectors.joining(", "));
    }

    private void count(String kind) {
        faults.merge(kind, 1, Integer::sum);
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        // Nobody depends on events, and nobody tries again with them.
        boolean isSpared = isWell || request.path().endsWith("/events");
        if (isSpared) {
            return sound.handle(request);
        }
        int dice = roll();
        if (request.rawTarget().contains("watch=true")) {
            return watch(request, dice);
        }
        return request.method().equals("GET") ? read(request, dice) : write(request, dice);
    }

    private Response read(Request request, int dice) throws IOException, InterruptedException {
        return dice < 3 ? refused(500, "InternalError", "the store is busy") : sound.handle(request);
    }

    private Response write(Request request, int dice) throws IOException, InterruptedException {
        if (dice < 6) {
            return refused(500, "InternalError", "the store is busy");
        }
        if (dice < 10) {
            return refused(409, "Conflict", "the object has been modified");
        }
        if (dice < 13) {
            count("connection refused");
            throw new IOException("connection refused");
        }
        Response answer = sound.handle(request);
        if (dice < 16) {
            count("connection reset after the request was sent");
            throw new IOException("connection reset after the request was sent");
        }
        return dice < 18 ? refused(504, "Timeout", "the request did not complete in time, or did") : answer;
    }

    private Response watch(Request request, int dice) throws IOException, InterruptedException {
        if (dice < 10) {
            count("410 watch expired");
            return new Response.Stream(
                    200,
                    Headers.of("Content-Type", "application/json"),
                    out -> out.write(EXPIRED.getBytes(StandardCharsets.UTF_8)));
        }
        Response answer = sound.handle(request);
        if (dice < 50 || !(answer instanceof Response.Stream(int status, Headers headers, Response.Body body))) {
            return answer;
        }
        int length = 1000 + random(60_000);
        return new Response.Stream(status, headers, out -> body.writeTo(new Breaking(out, length)));
    }

    private Response refused(int status, String reason, String message) {
        count(status + " " + reason);
        String body = """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s","reason":"%s","code":%d}
                """.formatted(message, reason, status);
        return Response.json(status, body.getBytes(StandardCharsets.UTF_8));
    }

    private int roll() {
        return random(100);
    }

    private int random(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    /// Breaks after so many bytes, unless all is well by then.
    private final class Breaking extends FilterOutputStream {
        private int left;

        Breaking(OutputStream out, int left) {
            super(out);
            this.left = left;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            left -= length;
            if (left < 0 && !isWell) {
                count("watch broken off");
                throw new IOException("connection reset by peer");
            }
            out.write(octets, from, length);
        }
    }
}
