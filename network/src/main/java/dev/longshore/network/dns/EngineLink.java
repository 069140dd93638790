package dev.longshore.network.dns;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Answers a container of the Docker engine that asks for another on one of its networks, by name or alias.
final class EngineLink implements Link {

    private final Supplier<EngineZone> zone;

    EngineLink(Supplier<EngineZone> zone) {
        this.zone = zone;
    }

    @Override
    public Message answer(Record question, Next next) {
        Name name = question.getName();
        String text = name.toString(true).toLowerCase(Locale.ROOT);
        Optional<Set<String>> found = zone.get().find(next.client(), text);
        if (found.isEmpty()) {
            return next.answer(question);
        }
        String type = question.getType() == Type.A ? "A" : question.getType() == Type.AAAA ? "AAAA" : "";
        List<Record> records = found.get().stream()
                .filter(address -> type.equals(address.contains(":") ? "AAAA" : "A"))
                .map(address -> ServiceLink.record(name, new Zone.Entry(type, address)))
                .toList();
        return records.isEmpty() ? Answers.nothing(question, Rcode.NOERROR, name) : Answers.records(question, records);
    }
}
