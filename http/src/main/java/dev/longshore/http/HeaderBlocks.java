package dev.longshore.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads the compressed header blocks (RFC 7541) of one HTTP/2 connection, in their order: for who speaks just a
/// few frames of HTTP/2 over a plain socket. Not thread-safe.
public final class HeaderBlocks {

    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    /// The fields of one whole block by their names; of a name that comes twice, the last.
    ///
    /// @throws IOException when it is none
    public Map<String, String> read(byte[] block) throws IOException {
        var fields = new LinkedHashMap<String, String>();
        try {
            decoder.decodeHeaders(1, Unpooled.wrappedBuffer(block))
                    .forEach(field -> fields.put(
                            field.getKey().toString(), field.getValue().toString()));
            return fields;
        } catch (Http2Exception malformed) {
            throw new IOException("malformed header block", malformed);
        }
    }
}
