package dev.longshore.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FileRegion;
import io.netty.channel.nio.AbstractNioByteChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/// An accepted unix socket. Netty's own NIO channel for them closes when the peer half-closes, and `docker run
/// -i` half-closes at the end of its input while the container goes on printing. This one tells the pipeline
/// with [ChannelInputShutdownEvent], as Netty's TCP channel does.
final class UnixChannel extends AbstractNioByteChannel {

    private final SocketChannel socket;
    private final ChannelConfig config;
    private boolean isInputEnded;

    UnixChannel(SocketChannel socket) {
        super(null, socket);
        this.socket = socket;
        this.config = new DefaultChannelConfig(this);
    }

    /// Says that we shall send no more; on the event loop.
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isActive() {
        return socket.isOpen() && socket.isConnected();
    }

    @Override
    protected int doReadBytes(ByteBuf target) throws IOException {
        int count = target.writeBytes(socket, target.writableBytes());
        if (count >= 0) {
            return count;
        }
        // A negative count would make Netty close the channel.
        isInputEnded = true;
        clearReadPending();
        eventLoop().execute(() -> pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE));
        return 0;
    }

    @Override
    protected int doWriteBytes(ByteBuf source) throws IOException {
        return source.readBytes(socket, source.readableBytes());
    }

    @Override
    protected long doWriteFileRegion(FileRegion region) {
        throw new UnsupportedOperationException("files are not sent as such");
    }

    @Override
    protected boolean isInputShutdown0() {
        return isInputEnded;
    }

    @Override
    protected io.netty.channel.ChannelFuture shutdownInput() {
        isInputEnded = true;
        return newSucceededFuture();
    }

    @Override
    protected SocketAddress localAddress0() {
        return addressOf(socket::getLocalAddress);
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return addressOf(socket::getRemoteAddress);
    }

    @Override
    protected void doClose() throws IOException {
        socket.close();
    }

    @Override
    protected void doDisconnect() throws IOException {
        doClose();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("an accepted socket has its address");
    }

    @Override
    protected boolean doConnect(SocketAddress remote, SocketAddress local) {
        throw new UnsupportedOperationException("an accepted socket is connected");
    }

    @Override
    protected void doFinishConnect() {
        throw new UnsupportedOperationException("an accepted socket is connected");
    }

    private static SocketAddress addressOf(AddressOf question) {
        try {
            return question.ask();
        } catch (IOException closed) {
            return java.net.UnixDomainSocketAddress.of("");
        }
    }

    /// Asks the socket.
    @FunctionalInterface
    private interface AddressOf {
        SocketAddress ask() throws IOException;
    }
}
