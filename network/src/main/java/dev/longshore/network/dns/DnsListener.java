package dev.longshore.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// Takes questions by UDP and TCP at one address. Each question runs on a thread of its own; when too many are
/// open, the newest is dropped (its client asks again). The address may be taken by a second process at the
/// same time, so that one can replace the other without a gap.
final class DnsListener implements AutoCloseable {

    private static final int MOST_QUESTIONS = 256;
    private static final int MOST_CONNECTIONS = 64;
    private static final int PLAIN_PAYLOAD = 512;
    private static final int PAYLOAD = 1232;
    private static final int LARGEST = 65_535;
    private static final int IDLE_MILLIS = 10_000;

    private final Semaphore questions = new Semaphore(MOST_QUESTIONS);
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
    private final DnsChain chain;
    private final DatagramSocket datagrams;
    private final ServerSocket streams;

    private DnsListener(DnsChain chain, DatagramSocket datagrams, ServerSocket streams) {
        this.chain = chain;
        this.datagrams = datagrams;
        this.streams = streams;
    }

    /// Begins to answer at `address` out of `chain`; port 0 takes any that is free.
    static DnsListener open(InetSocketAddress address, DnsChain chain) throws IOException {
        var streams = new ServerSocket();
        DatagramSocket datagrams = null;
        try {
            streams.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            streams.bind(address);
            datagrams = new DatagramSocket(null);
            datagrams.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            datagrams.bind(new InetSocketAddress(address.getAddress(), streams.getLocalPort()));
            var listener = new DnsListener(chain, datagrams, streams);
            Thread.ofPlatform().name("dns-udp").start(listener::receive);
            Thread.ofPlatform().name("dns-tcp").start(listener::accept);
            return listener;
        } catch (IOException failure) {
            streams.close();
            if (datagrams != null) {
                datagrams.close();
            }
            throw failure;
        }
    }

    /// Where it listens.
    InetSocketAddress address() {
        return (InetSocketAddress) streams.getLocalSocketAddress();
    }

    private void receive() {
        byte[] buffer = new byte[LARGEST];
        while (!datagrams.isClosed()) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
                var client = packet.getSocketAddress();
                String packetClient = packet.getAddress().getHostAddress();
                if (questions.tryAcquire()) {
                    Thread.ofVirtual().start(() -> {
                        try {
                            byte[] answer = answer(query, true, packetClient);
                            if (answer.length > 0) {
                                datagrams.send(new DatagramPacket(answer, answer.length, client));
                            }
                        } catch (IOException unreachable) {
                            complain("cannot answer " + client, unreachable);
                        } finally {
                            questions.release();
                        }
                    });
                }
            } catch (SocketException closed) {
                // Either close() was called, or the socket says that an earlier answer could not be delivered.
                continue;
            } catch (IOException failure) {
                complain("cannot receive", failure);
            }
        }
    }

    private void accept() {
        while (!streams.isClosed()) {
            try {
                Socket client = streams.accept();
                if (connections.tryAcquire()) {
                    Thread.ofVirtual().start(() -> serve(client));
                } else {
                    client.close();
                }
            } catch (SocketException closed) {
                continue;
            } catch (IOException failure) {
                complain("cannot accept", failure);
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setSoTimeout(IDLE_MILLIS);
            var in = new DataInputStream(client.getInputStream());
            var out = new DataOutputStream(client.getOutputStream());
            for (byte[] query = Wire.read(in); query.length > 0; query = Wire.read(in)) {
                byte[] answer = answer(query, false, client.getInetAddress().getHostAddress());
                if (answer.length == 0) {
                    return;
                }
                Wire.write(out, answer);
            }
        } catch (IOException gone) {
            // The client has hung up or fallen silent: the usual end.
            return;
        } finally {
            connections.release();
        }
    }

    /// The answer on the wire; empty for what is no query.
    private byte[] answer(byte[] bytes, boolean isDatagram, String client) {
        Optional<Message> query = parse(bytes);
        if (query.isEmpty() || query.get().getHeader().getFlag(Flags.QR)) {
            return new byte[0];
        }
        Message answer = answer(query.get(), client);
        Header header = answer.getHeader();
        header.setID(query.get().getHeader().getID());
        if (query.get().getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        OPTRecord options = query.get().getOPT();
        if (options != null) {
            answer.addRecord(new OPTRecord(PAYLOAD, 0, 0), Section.ADDITIONAL);
        }
        int payload = options == null ? PLAIN_PAYLOAD : Math.clamp(options.getPayloadSize(), PLAIN_PAYLOAD, PAYLOAD);
        return answer.toWire(isDatagram ? payload : LARGEST);
    }

    private Message answer(Message query, String client) {
        Record question = query.getQuestion();
        if (question == null) {
            return failure(query, Rcode.FORMERR);
        }
        if (query.getHeader().getOpcode() != Opcode.QUERY) {
            return failure(query, Rcode.NOTIMP);
        }
        try {
            return chain.answer(question, client);
        } catch (RuntimeException failure) {
            complain("cannot answer " + question, failure);
            return Answers.of(question, Rcode.SERVFAIL);
        }
    }

    private static Message failure(Message query, int rcode) {
        var message = new Message();
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setOpcode(query.getHeader().getOpcode());
        message.getHeader().setRcode(rcode);
        return message;
    }

    private static Optional<Message> parse(byte[] bytes) {
        try {
            return Optional.of(new Message(bytes));
        } catch (IOException garbage) {
            return Optional.empty();
        }
    }

    private static void complain(String what, Exception failure) {
        System.err.println("longshore name server: " + what + ": " + failure);
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        streams.close();
    }
}
