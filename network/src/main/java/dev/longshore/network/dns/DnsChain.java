package dev.longshore.network.dns;

import java.util.List;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;

/// The links in order; to add a DNS behaviour, write a [Link] and list it in [#standard].
final class DnsChain {

    private static final int LONGEST_DETOUR = 8;

    private final List<Link> links;

    DnsChain(List<Link> links) {
        this.links = List.copyOf(links);
    }

    /// The chain of a node's name server: the cluster's own names first, then what was asked of others before,
    /// then the others.
    static DnsChain standard(Link pods, Link services, Link reverse, Link cache, Link forward) {
        return new DnsChain(List.of(pods, services, reverse, cache, forward));
    }

    /// The answer to `question`.
    Message answer(Record question) {
        return at(0, question, LONGEST_DETOUR);
    }

    private Message at(int index, Record question, int detours) {
        if (index == links.size() || detours == 0) {
            return Answers.of(question, Rcode.SERVFAIL);
        }
        return links.get(index).answer(question, new Link.Next() {
            @Override
            public Message answer(Record same) {
                return at(index + 1, same, detours);
            }

            @Override
            public Message restart(Record other) {
                return at(0, other, detours - 1);
            }
        });
    }
}
