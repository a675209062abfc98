"""What a message carries of earlier mail: quoted, sent on or attached; and what is attached to it at all."""
