package dev.longshore.network.dns;

import dev.longshore.network.view.Range;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Answers which name an address of the cluster has. Such questions never leave the cluster, whose addresses
/// mean nothing outside.
final class ReverseLink implements Link {

    private static final Name ZONE = Names.of("in-addr.arpa.");
    private static final int BYTES = 4;

    private final List<Range> ranges;
    private final Supplier<Optional<Zone>> zone;

    ReverseLink(List<Range> ranges, Supplier<Optional<Zone>> zone) {
        this.ranges = ranges;
        this.zone = zone;
    }

    @Override
    public Message answer(Record question, Next next) {
        Optional<String> address =
                address(question.getName()).filter(text -> ranges.stream().anyMatch(range -> range.contains(text)));
        return address.isEmpty()
                ? next.answer(question)
                : zone.get()
                        .map(records -> look(question, records))
                        .orElseGet(() -> Answers.of(question, Rcode.SERVFAIL));
    }

    private static Message look(Record question, Zone records) {
        List<Record> found = records.find(Names.key(question.getName())).stream()
                .map(entry -> ServiceLink.record(question.getName(), entry))
                .toList();
        if (found.isEmpty()) {
            return Answers.nothing(question, Rcode.NXDOMAIN, ZONE);
        }
        return question.getType() == Type.PTR || question.getType() == Type.ANY
                ? Answers.records(question, found)
                : Answers.nothing(question, Rcode.NOERROR, ZONE);
    }

    private static Optional<String> address(Name name) {
        if (!name.subdomain(ZONE) || name.labels() != ZONE.labels() + BYTES) {
            return Optional.empty();
        }
        String address = String.join(
                ".", name.getLabelString(3), name.getLabelString(2), name.getLabelString(1), name.getLabelString(0));
        return Optional.of(address).filter(Range::isAddress);
    }
}
