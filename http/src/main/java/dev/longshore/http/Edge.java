package dev.longshore.http;

import dev.longshore.base.Time;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all connections of one server share.
record Edge(Handler handler, HttpServer.Limits limits, Time time, LiveExchanges live) {

    /// The event by which the server asks its connections to finish.
    static final Object DRAIN = new Object();

    private static final Logger log = LoggerFactory.getLogger(Edge.class);
    private static final Duration LINGER = Duration.ofMillis(500);

    /// Broken connections are the peer's affair and no news; anything else is ours.
    static void note(Channel channel, Throwable cause) {
        if (cause instanceof RuntimeException && cause.getCause() == null) {
            log.warn("a connection from {} failed", channel.remoteAddress(), cause);
        } else {
            log.debug("a connection from {} broke", channel.remoteAddress(), cause);
        }
    }

    /// Closes the channel when its peer has had a moment to read what was sent.
    void closeLater(Channel channel) {
        time.schedule(LINGER, channel::close);
    }

    /// Drops the channel of a peer that has not taken a whole answer in good time: it would be kept in memory for
    /// ever.
    void dropIfNotTaken(ChannelFuture sent) {
        if (!sent.isDone()) {
            Time.Timer timer = time.schedule(limits.idle(), () -> sent.channel().close());
            sent.addListener(_ -> timer.cancel());
        }
    }

    Peer peer(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return new Peer(address(channel), List.of(), false);
        }
        var certificates = new ArrayList<X509Certificate>();
        try {
            for (var certificate : tls.engine().getSession().getPeerCertificates()) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (SSLPeerUnverifiedException none) {
            certificates.clear();
        }
        return new Peer(address(channel), certificates, true);
    }

    private static String address(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : "unix";
    }
}
