package dev.longshore.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// What happens to questions about names outside the cluster.
class LinksTest {

    private static final InetSocketAddress FIRST = new InetSocketAddress("192.0.2.1", 53);
    private static final InetSocketAddress SECOND = new InetSocketAddress("192.0.2.2", 53);
    private static final Record QUESTION = Record.newRecord(Names.of("example.com."), Type.A, DClass.IN);

    private final List<InetSocketAddress> asked = new ArrayList<>();

    private DnsChain forwarding(ForwardLink.Exchange exchange, ManualTime time) {
        return new DnsChain(List.of(
                new CacheLink(time), new ForwardLink(() -> List.of(FIRST, SECOND), (server, query) -> {
                    asked.add(server);
                    return exchange.ask(server, query);
                })));
    }

    private static Message address(long ttl) throws IOException {
        Message answer = Answers.of(QUESTION, Rcode.NOERROR);
        answer.addRecord(
                new ARecord(QUESTION.getName(), DClass.IN, ttl, InetAddress.getByAddress(new byte[] {1, 2, 3, 4})),
                Section.ANSWER);
        return answer;
    }

    @Test
    void asksTheNextServerWhenOneIsSilent() {
        DnsChain chain = forwarding(
                (server, query) -> {
                    if (server.equals(FIRST)) {
                        throw new IOException("silent");
                    }
                    return address(60);
                },
                new ManualTime());

        assertThat(chain.answer(QUESTION, "127.0.0.1").getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(asked).containsExactly(FIRST, SECOND);
    }

    @Test
    void failsWhenAllAreSilentAndAsksAgainNextTime() {
        DnsChain chain = forwarding(
                (server, query) -> {
                    throw new IOException("silent");
                },
                new ManualTime());

        assertThat(chain.answer(QUESTION, "127.0.0.1").getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(chain.answer(QUESTION, "127.0.0.1").getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(asked).hasSize(8);
    }

    @Test
    void remembersAnswersWhileTheirRecordsAllowAndCountsThemDown() {
        var time = new ManualTime();
        DnsChain chain = forwarding((server, query) -> address(10), time);

        chain.answer(QUESTION, "127.0.0.1");
        time.advance(Duration.ofSeconds(9));
        Message second = chain.answer(QUESTION, "127.0.0.1");

        assertThat(asked).hasSize(1);
        assertThat(second.getSection(Section.ANSWER))
                .singleElement()
                .satisfies(record -> assertThat(record.getTTL()).isEqualTo(1));

        time.advance(Duration.ofSeconds(1));
        chain.answer(QUESTION, "127.0.0.1");
        assertThat(asked).hasSize(2);
    }

    @Test
    void remembersDenialsAsLongAsTheirZoneSays() {
        var time = new ManualTime();
        DnsChain chain =
                forwarding((server, query) -> Answers.nothing(QUESTION, Rcode.NXDOMAIN, Names.of("com.")), time);

        chain.answer(QUESTION, "127.0.0.1");
        assertThat(chain.answer(QUESTION, "127.0.0.1").getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(asked).hasSize(1);

        time.advance(Duration.ofSeconds(Answers.TTL));
        chain.answer(QUESTION, "127.0.0.1");
        assertThat(asked).hasSize(2);
    }
}
