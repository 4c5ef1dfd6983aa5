"""Languages of Europe in Latin letters: what a person says in them, and what is said to such a person. Pure data.

`ASKS`: words by which somebody speaks of what they want or have: verbs, pronouns, question words. `SMALL`: other small
words, which stand in names of products too.
"""

# ruff: noqa: RUF001 - letters of other languages

from typing import Final

ASKS: Final = {
    "de": "ich suche brauche möchte hätte haben gibt meine meinen mein meiner können kannst wieviel kostet "
    "zeigen zeig bitte euch ihr mich wollte",
    "fr": "je j cherche voudrais veux besoin avez vous où ma mon mes combien coûte pouvez montrez moi nous "
    "voulons suis",
    "es": "busco quiero necesito tienen tiene dónde está mi mis cuánto cuanto cuesta puede hay ustedes quisiera "
    "puedo me",
    "it": "cerco vorrei bisogno avete dove mio mia quanto può posso mostrami ho voglio devo abbiamo",
    "pt": "procuro quero preciso vocês você têm onde está meu minha quanto pode eu gostaria posso tenho",
    "nl": "ik zoek wil nodig heeft jullie mijn hoeveel kunt kan waar mij graag wij",
    "sv": "jag letar söker vill skulle behöver har ni min mitt mina var kan hur mycket kostar ge mig vi finns",
    "da": "jeg leder søger vil behøver har jeres min mit mine hvor kan hvad koster mig vi findes gerne",
    "nb": "jeg leter ser vil trenger har dere min mitt mine hvor kan hva koster meg vi finnes gjerne",
    "fi": "etsin haluan haluaisin tarvitsen onko teillä minun missä voinko mitä paljonko maksaa minulle olen "
    "voitteko minä",
    "pl": "szukam chcę chciałbym chciałabym potrzebuję czy macie mój moja moje moją gdzie ile kosztuje mogę mi "
    "mam jest proszę",
    "cs": "hledám chci chtěl chtěla potřebuji potřebuju máte můj moje mou kde kolik stojí mohu můžu mi mám je "
    "jsou prosím",
    "sk": "hľadám chcem chcel chcela potrebujem máte môj moja moju kde koľko stojí môžem mi mám je sú prosím",
    "hu": "keresek szeretnék szeretném kell kérek van nekem hol az mennyibe kerül lehet vannak önöknek "
    "rendelésem csomagom kérem",
    "ro": "caut vreau aș doresc nevoie aveți comanda mea meu unde cât costă pot îmi este sunt vă rog",
    "hr": "tražim želim želio željela trebam imate li moj moja moje moju gdje koliko košta mogu mi imam je molim",
    "sl": "iščem želim rad rada potrebujem imate ali moj moja moje kje koliko stane lahko mi imam je prosim",
    "tr": "arıyorum istiyorum lazım ihtiyacım var mı benim siparişim nerede ne kadar edebilir miyim bana bir "
    "kargom lütfen",
    "ca": "busco vull voldria necessito teniu on és meva meu quant costa puc em tinc hi ha sisplau",
    "et": "otsin tahan sooviksin vajan kas teil on minu kus kui palju maksab saan mulle palun",
    "lv": "meklēju gribu vēlos vajag vai jums ir mans mana manu kur cik maksā varu man lūdzu",
    "lt": "ieškau noriu norėčiau reikia ar turite mano kur kiek kainuoja galiu man yra prašau",
    "sq": "kërkoj dua dëshiroj kam nevojë keni porosia ime ku sa kushton mund më është ju lutem",
    "is": "ég leita vil þarf eruð þið með mín mitt hvar hvað kostar get mér er vinsamlegast",
}
SMALL: Final = {
    "de": "geschenk für wo ist sie es welche hallo danke einen eine ein etwas mir nicht und der die das mit den "
    "im von zu bestellung auch wie was",
    "fr": "quel quelle bonjour merci cadeau commande pour un une des est ce que qui les la le avec dans et il "
    "elle du en",
    "es": "pedido donde muéstrame regalo esto hola gracias para una un los las la el qué que algo con por favor y su",
    "it": "ordine costa la da regalo ciao grazie per una un che qualcosa con favore di è il lo le questo",
    "pt": "pedido custa presente olá obrigado para uma um com algo por favor e de o os as que isso",
    "nl": "heb u is dit terugsturen bestelling kost cadeau hallo dank voor een het de iets met alstublieft naar "
    "op en niet",
    "sv": "en ett och för till med att det som är på i present beställning skor tack hej inte någon något av min den",
    "da": "en et og til med at det som er på i gave bestilling sko tak hej ikke noget nogen af den for",
    "nb": "en et og til med å det som er på i gave bestilling sko takk hei ikke noe noen av den for",
    "fi": "ja on lahja lahjaa äidille tilaukseni kengät kiitos hei ei jotain kanssa että se tilaus palauttaa",
    "pl": "prezent dla mojej mojego i w z na do nie się to zamówienie zwrócić buty dziękuję cześć coś jakieś od "
    "przesyłka",
    "cs": "dárek pro moji mého a v z na do ne se to objednávka vrátit boty děkuji ahoj něco nějaké od zásilka",
    "sk": "darček pre moju môjho a v z na do nie sa to objednávka vrátiť topánky ďakujem ahoj niečo nejaké od zásielka",
    "hu": "a egy és nem ajándékot anyámnak rendelés vissza cipőt köszönöm szia valamit ez hogy csomag",
    "ro": "un o și cu la pentru mama cadou comandă pantofi mulțumesc bună ceva nu returnez de în pe",
    "hr": "poklon za mamu i u s na do ne se to narudžba vratiti cipele hvala bok nešto od paket da",
    "sl": "darilo za mamo in v s na do ne se to naročilo vrniti čevlji hvala zdravo nekaj od paket da",
    "tr": "bir ve için annem hediye ayakkabı iade etmek teşekkürler merhaba bu şey kargo sipariş",
    "ca": "un una i per a la meva mare regal comanda tornar sabates gràcies hola alguna amb el els les de que",
    "et": "ja kingitus emale tellimus tagastada kingad aitäh tere midagi ei see",
    "lv": "un dāvana mātei dāvanu pasūtījums atgriezt kurpes paldies sveiki kaut ko nav šo",
    "lt": "ir dovana mamai dovaną užsakymas grąžinti batai ačiū labas ką nors ne šį",
    "sq": "një dhe për nënën time dhuratë porosi kthej këpucë faleminderit tungjatjeta diçka me të nuk",
    "is": "og fyrir móður mína gjöf pöntun skila skór takk halló eitthvað ekki af að",
}
SORRY: Final = {
    "de": "Leider verstehe ich bisher nur Englisch.",
    "fr": "Je ne comprends que l'anglais pour le moment.",
    "es": "Por ahora solo entiendo inglés.",
    "it": "Per ora capisco solo l'inglese.",
    "pt": "Por enquanto só entendo inglês.",
    "nl": "Ik begrijp voorlopig alleen Engels.",
    "sv": "Än så länge förstår jag bara engelska.",
    "da": "Indtil videre forstår jeg kun engelsk.",
    "nb": "Foreløpig forstår jeg bare engelsk.",
    "fi": "Ymmärrän toistaiseksi vain englantia.",
    "pl": "Na razie rozumiem tylko angielski.",
    "cs": "Zatím rozumím jen anglicky.",
    "sk": "Zatiaľ rozumiem len po anglicky.",
    "hu": "Egyelőre csak angolul értek.",
    "ro": "Deocamdată înțeleg doar engleza.",
    "hr": "Zasad razumijem samo engleski.",
    "sl": "Zaenkrat razumem samo angleško.",
    "tr": "Şimdilik yalnızca İngilizce anlıyorum.",
    "ca": "De moment només entenc l'anglès.",
    "et": "Praegu saan aru ainult inglise keelest.",
    "lv": "Pagaidām saprotu tikai angļu valodu.",
    "lt": "Kol kas suprantu tik angliškai.",
    "sq": "Për momentin kuptoj vetëm anglisht.",
    "is": "Enn sem komið er skil ég bara ensku.",
}
