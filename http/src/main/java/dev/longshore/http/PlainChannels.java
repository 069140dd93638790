package dev.longshore.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.DuplexChannelConfig;

/// Sets up connections that speak HTTP/1.1 at once.
@Sharable
final class PlainChannels extends ChannelInitializer<Channel> {

    private final Edge edge;
    private final ChannelGroup connections;

    PlainChannels(Edge edge, ChannelGroup connections) {
        this.edge = edge;
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.add(channel);
        if (channel.config() instanceof DuplexChannelConfig duplex) {
            // A hijacked connection (docker attach) goes on in one direction when the other one has ended.
            duplex.setAllowHalfClosure(true);
        }
        speakHttp1(channel.pipeline(), edge);
    }

    static void speakHttp1(ChannelPipeline pipeline, Edge edge) {
        var decoder = new PacedRequestDecoder(edge.limits());
        var encoder = new Http1Encoder();
        pipeline.addLast(decoder, encoder, new Http1Connection(edge, decoder, encoder));
    }
}
