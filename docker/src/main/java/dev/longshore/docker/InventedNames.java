package dev.longshore.docker;

import java.util.List;
import java.util.random.RandomGenerator;

/// Names for containers that nobody has named: a manner and a port of the world.
final class InventedNames {

    private static final List<String> MANNERS = List.of(
            "brave", "bright", "calm", "clever", "cosy", "eager", "early", "fair", "fond", "gentle", "glad", "golden",
            "great", "happy", "hardy", "honest", "jolly", "keen", "kind", "lively", "lucky", "mellow", "merry", "neat",
            "noble", "patient", "plucky", "proud", "quick", "quiet", "ready", "salty", "serene", "silver", "snug",
            "steady", "stout", "sunny", "swift", "tidy", "trim", "true", "warm", "wise", "witty", "zesty");
    private static final List<String> PORTS = List.of(
            "aarhus",
            "antwerp",
            "bergen",
            "bilbao",
            "boston",
            "bremen",
            "bristol",
            "busan",
            "cadiz",
            "calais",
            "cork",
            "dakar",
            "dover",
            "durban",
            "gdansk",
            "genoa",
            "ghent",
            "halifax",
            "hamburg",
            "havana",
            "hobart",
            "izmir",
            "kiel",
            "kobe",
            "lagos",
            "lisbon",
            "lubeck",
            "malmo",
            "manila",
            "marseille",
            "mombasa",
            "naples",
            "nantes",
            "odesa",
            "oslo",
            "oran",
            "palma",
            "piraeus",
            "porto",
            "riga",
            "rostock",
            "rotterdam",
            "split",
            "tallinn",
            "tampa",
            "trieste",
            "turku",
            "valencia",
            "venice",
            "vigo",
            "visby",
            "yokohama");

    private InventedNames() {}

    static String next(RandomGenerator randomness) {
        return MANNERS.get(randomness.nextInt(MANNERS.size())) + "_" + PORTS.get(randomness.nextInt(PORTS.size()));
    }
}
