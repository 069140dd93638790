package dev.longshore.http;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

final class FramedSpdyConnection implements SpdyConnection {
    FramedSpdyConnection(InputStream in, OutputStream out) {}

    @Override
    public Optional<SpdyStream> accept() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
