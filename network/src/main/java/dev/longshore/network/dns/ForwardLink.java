package dev.longshore.network.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// Asks the host's own name servers, in turn, twice. The last link: what nobody answers has failed.
final class ForwardLink implements Link {

    private static final int ROUNDS = 2;
    private static final int PAYLOAD = 1232;

    private final Supplier<List<InetSocketAddress>> servers;
    private final Exchange exchange;

    /// Sends a query to a server and returns its answer.
    interface Exchange {
        /// @throws IOException when none came
        Message ask(InetSocketAddress server, Message query) throws IOException;
    }

    ForwardLink(Supplier<List<InetSocketAddress>> servers, Exchange exchange) {
        this.servers = servers;
        this.exchange = exchange;
    }

    @Override
    public Message answer(Record question, Next next) {
        Message failure = Answers.of(question, Rcode.SERVFAIL);
        for (int round = 0; round < ROUNDS; round++) {
            for (InetSocketAddress server : servers.get()) {
                try {
                    Message answer = relay(question, exchange.ask(server, query(question)));
                    if (answer.getRcode() != Rcode.SERVFAIL && answer.getRcode() != Rcode.REFUSED) {
                        return answer;
                    }
                    failure = answer;
                } catch (IOException silent) {
                    // The next one may know; when none does, the client is told that it failed.
                    continue;
                }
            }
        }
        return failure;
    }

    private static Message query(Record question) {
        Message query = Message.newQuery(question);
        query.addRecord(new OPTRecord(PAYLOAD, 0, 0), Section.ADDITIONAL);
        return query;
    }

    private static Message relay(Record question, Message answer) {
        Message relayed = Answers.of(question, answer.getRcode());
        if (answer.getHeader().getFlag(Flags.AD)) {
            relayed.getHeader().setFlag(Flags.AD);
        }
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            answer.getSection(section).stream()
                    .filter(record -> !(record instanceof OPTRecord))
                    .forEach(record -> relayed.addRecord(record, section));
        }
        return relayed;
    }
}
