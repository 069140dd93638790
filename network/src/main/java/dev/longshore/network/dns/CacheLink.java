package dev.longshore.network.dns;

import dev.longshore.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/// Remembers what the rest of the chain answered, as long as its records allow, at most half a minute; denials
/// as well. Failures are never remembered. The least recently used answer goes first.
final class CacheLink implements Link {

    private static final int LARGEST = 2000;
    private static final long LONGEST_SECONDS = 30;
    private static final int[] SECTIONS = {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL};

    private final Time time;
    private final Map<String, Remembered> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > LARGEST;
        }
    };

    CacheLink(Time time) {
        this.time = time;
    }

    private record Remembered(Message answer, Instant since, Instant until) {}

    @Override
    public Message answer(Record question, Next next) {
        String key = Names.key(question.getName()) + " " + question.getType() + " " + question.getDClass();
        Instant now = time.now();
        Optional<Message> known = recall(key, question, now);
        if (known.isPresent()) {
            return known.get();
        }
        Message answer = next.answer(question);
        long seconds = lifetime(answer);
        if (seconds > 0) {
            remember(key, new Remembered(answer.clone(), now, now.plusSeconds(seconds)));
        }
        return answer;
    }

    private synchronized Optional<Message> recall(String key, Record question, Instant now) {
        Remembered known = answers.get(key);
        if (known == null) {
            return Optional.empty();
        }
        if (!now.isBefore(known.until)) {
            answers.remove(key);
            return Optional.empty();
        }
        return Optional.of(aged(known, question, now));
    }

    private synchronized void remember(String key, Remembered answer) {
        answers.put(key, answer);
    }

    private static Message aged(Remembered known, Record question, Instant now) {
        long age = Duration.between(known.since, now).toSeconds();
        Message message = Answers.of(question, known.answer.getRcode());
        for (int section : SECTIONS) {
            for (Record record : known.answer.getSection(section)) {
                message.addRecord(
                        Record.newRecord(
                                record.getName(),
                                record.getType(),
                                record.getDClass(),
                                Math.max(0, record.getTTL() - age),
                                record.rdataToWireCanonical()),
                        section);
            }
        }
        return message;
    }

    private static long lifetime(Message answer) {
        long seconds = LONGEST_SECONDS;
        boolean isDenial = answer.getSection(Section.ANSWER).isEmpty();
        if (answer.getRcode() != Rcode.NOERROR && answer.getRcode() != Rcode.NXDOMAIN) {
            return 0;
        }
        if (isDenial) {
            // RFC 2308: how long a denial holds, its SOA record says; without one it is not to be kept.
            return answer.getSection(Section.AUTHORITY).stream()
                    .filter(SOARecord.class::isInstance)
                    .mapToLong(soa -> Math.min(soa.getTTL(), ((SOARecord) soa).getMinimum()))
                    .map(ttl -> Math.min(ttl, LONGEST_SECONDS))
                    .findFirst()
                    .orElse(0);
        }
        for (Record record : answer.getSection(Section.ANSWER)) {
            seconds = Math.min(seconds, record.getTTL());
        }
        return seconds;
    }
}
