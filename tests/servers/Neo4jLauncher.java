import java.nio.file.Path;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

/** Runs Neo4j Community on loopback: java -cp 'lib/*' Neo4jLauncher.java HOME PORT. */
public final class Neo4jLauncher {
    public static void main(String[] arguments) {
        DatabaseManagementService server =
                new DatabaseManagementServiceBuilder(Path.of(arguments[0]))
                        .setConfig(BoltConnector.enabled, true)
                        .setConfig(
                                BoltConnector.listen_address,
                                new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1])))
                        .setConfig(GraphDatabaseSettings.auth_enabled, true)
                        .setConfig(
                                GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(128))
                        .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    }
}
