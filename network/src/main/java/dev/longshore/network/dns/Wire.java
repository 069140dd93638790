package dev.longshore.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/// Asks a name server by UDP, and again by TCP when the answer did not fit. Every query has a socket, so a
/// port, of its own: an answer is believed only if it comes from the server to that port and repeats id and
/// question.
final class Wire implements ForwardLink.Exchange {

    private static final int PATIENCE_MILLIS = 2000;
    private static final int LARGEST = 65_535;
    private static final int STRANGERS = 8;

    @Override
    public Message ask(InetSocketAddress server, Message query) throws IOException {
        Message answer = byUdp(server, query);
        return answer.getHeader().getFlag(Flags.TC) ? byTcp(server, query) : answer;
    }

    private static Message byUdp(InetSocketAddress server, Message query) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.connect(server);
            socket.setSoTimeout(PATIENCE_MILLIS);
            byte[] bytes = query.toWire();
            socket.send(new DatagramPacket(bytes, bytes.length));
            for (int i = 0; i < STRANGERS; i++) {
                var packet = new DatagramPacket(new byte[4096], 4096);
                socket.receive(packet);
                var answer = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                if (isAnswer(answer, query)) {
                    return answer;
                }
            }
            throw new IOException(server + " answers something else");
        }
    }

    private static Message byTcp(InetSocketAddress server, Message query) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(server, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            write(new DataOutputStream(socket.getOutputStream()), query.toWire());
            var answer = new Message(read(new DataInputStream(socket.getInputStream())));
            if (!isAnswer(answer, query)) {
                throw new IOException(server + " answers something else");
            }
            return answer;
        }
    }

    private static boolean isAnswer(Message answer, Message query) {
        return answer.getHeader().getID() == query.getHeader().getID()
                && answer.getHeader().getFlag(Flags.QR)
                && query.getQuestion().equals(answer.getQuestion());
    }

    /// Reads one message with its length before it.
    static byte[] read(DataInputStream in) throws IOException {
        return in.readNBytes(in.readUnsignedShort());
    }

    /// Writes one message with its length before it, in one piece.
    static void write(DataOutputStream out, byte[] message) throws IOException {
        if (message.length > LARGEST) {
            throw new IOException("a message of " + message.length + " bytes");
        }
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        out.write(framed);
        out.flush();
    }
}
