package dev.longshore.http.grpc;

import io.grpc.Metadata;
import java.time.Duration;
import java.util.Map;

/// How a client calls.
///
/// @param headers sent with every call
/// @param keepAlive after so long of silence during a call it asks whether the other side is still there, and gives the
/// connection up when it is not
/// @param largestAnswer the most bytes that one message may hold
public record GrpcSettings(Map<String, String> headers, Duration keepAlive, int largestAnswer) {

    /// As for servers of this machine: a connection ends when its other side does.
    public static final GrpcSettings USUAL =
            new GrpcSettings(Map.of(), Duration.ofDays(10_000), GrpcClient.LARGEST_MESSAGE);

    public GrpcSettings {
        headers = Map.copyOf(headers);
    }

    Metadata metadata() {
        var made = new Metadata();
        headers.forEach((name, value) -> made.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return made;
    }
}
