package dev.longshore.builder.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `--chmod=…`: an octal number, or changes as `chmod` takes them (`u=rwX,go-w`).
public sealed interface Permissions {

    /// The bits that a file gets whose bits were `before`. Nothing outside 07777 is asked for or answered.
    int applied(int before, boolean isDirectory);

    /// Exactly these bits.
    record Octal(int bits) implements Permissions {
        @Override
        public int applied(int before, boolean isDirectory) {
            return bits;
        }
    }

    /// Changes, one after the other.
    record Symbolic(List<Change> changes) implements Permissions {
        public Symbolic {
            changes = List.copyOf(changes);
        }

        @Override
        public int applied(int before, boolean isDirectory) {
            int bits = before;
            for (Change change : changes) {
                bits = change.applied(bits, isDirectory);
            }
            return bits;
        }
    }

    /// One change. There is no umask: without `who`, everybody is meant.
    ///
    /// @param who of `ugo`
    /// @param operator `+`, `-` or `=`
    /// @param what of `rwxXst`, or one of `ugo`: as they have it
    record Change(String who, char operator, String what) {

        private static final int ALL = 07777;

        int applied(int before, boolean isDirectory) {
            int asked = 0;
            int reach = 0;
            for (char person : who.toCharArray()) {
                int shift = shift(person);
                asked |= bits(person, shift, before, isDirectory);
                reach |= 7 << shift | (person == 'u' ? 04000 : person == 'g' ? 02000 : 01000);
            }
            return ALL
                    & switch (operator) {
                        case '+' -> before | asked;
                        case '-' -> before & ~asked;
                        default -> before & ~reach | asked;
                    };
        }

        private int bits(char person, int shift, int before, boolean isDirectory) {
            int bits = 0;
            for (char letter : what.toCharArray()) {
                bits |= switch (letter) {
                    case 'r' -> 4 << shift;
                    case 'w' -> 2 << shift;
                    case 'x' -> 1 << shift;
                    case 'X' -> isDirectory || (before & 0111) != 0 ? 1 << shift : 0;
                    case 's' -> person == 'u' ? 04000 : person == 'g' ? 02000 : 0;
                    case 't' -> person == 'o' ? 01000 : 0;
                    default -> (before >> shift(letter) & 7) << shift;
                };
            }
            return bits;
        }

        private static int shift(char person) {
            return person == 'u' ? 6 : person == 'g' ? 3 : 0;
        }
    }

    /// Reads either form.
    ///
    /// @throws IllegalArgumentException with the reason
    static Permissions parse(String text) {
        if (text.matches("[0-9]+")) {
            boolean isOctal = text.matches("0*[0-7]{1,4}");
            if (!isOctal) {
                throw new IllegalArgumentException(
                        "invalid chmod parameter: '" + text + "'. it should be octal string and between 0 and 07777");
            }
            return new Octal(Integer.parseInt(text, 8));
        }
        var changes = new ArrayList<Change>();
        for (String clause : text.split(",", -1)) {
            Matcher parts = Reading.CLAUSE.matcher(clause);
            if (!parts.matches()) {
                throw new IllegalArgumentException("invalid chmod parameter: '" + text
                        + "'. it should be octal string and between 0 and 07777, or changes such as u=rwX,go-w");
            }
            String people = parts.group(1);
            String who = people.isEmpty() || people.contains("a") ? "ugo" : people;
            Matcher action = Reading.ACTION.matcher(parts.group(2));
            while (action.find()) {
                changes.add(new Change(who, action.group(1).charAt(0), action.group(2)));
            }
        }
        return new Symbolic(changes);
    }
}

/// The grammar of `chmod`.
final class Reading {

    static final Pattern CLAUSE = Pattern.compile("([ugoa]*)((?:[-+=](?:[rwxXst]+|[ugo])?)+)");
    static final Pattern ACTION = Pattern.compile("([-+=])([rwxXst]+|[ugo]|)");

    private Reading() {}
}
